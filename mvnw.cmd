@echo off
rem Runs Maven on the JDK that JAVA_HOME names; the build itself needs JDK 25 or newer.
setlocal
if not defined JAVA_HOME (
  echo kubeferry: set JAVA_HOME to a JDK 25 or newer. 1>&2
  exit /b 1
)
if not exist "%JAVA_HOME%\bin\javac.exe" (
  echo kubeferry: JAVA_HOME is "%JAVA_HOME%", which holds no JDK: set it to a JDK 25 or newer. 1>&2
  exit /b 1
)
where mvn >nul 2>nul
if errorlevel 1 (
  echo kubeferry: Maven 3.8.7 or newer is needed and mvn is not on the PATH. 1>&2
  exit /b 1
)
cd /d "%~dp0"
mvn %*
