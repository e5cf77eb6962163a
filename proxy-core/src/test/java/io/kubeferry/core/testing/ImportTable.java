package io.kubeferry.core.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/**
 * The shape of a module as rules: which of our packages each package may import, and the habits that hold everywhere.
 * Throws an {@link AssertionError} that names every offender.
 */
public final class ImportTable {
    private static final String[] BANNED_SUFFIXES = {
        "Impl", "Base", "Manager", "Helper", "Util", "Utils", "Info", "Data", "Common"
    };

    private final JavaClasses classes;
    private final String root;

    /** Rules for {@code classes}, whose packages are given relative to {@code root}. */
    public ImportTable(JavaClasses classes, String root) {
        this.classes = classes;
        this.root = root;
    }

    /** Every package is in {@code allowed} and imports, of {@code io.kubeferry}, only itself and what it is allowed. */
    public void check(Map<String, List<String>> allowed) {
        classes()
                .that(describe("all classes", any -> true))
                .should(new ArchCondition<>("be in a package of the import table") {
                    @Override
                    public void check(JavaClass javaClass, ConditionEvents events) {
                        if (!allowed.containsKey(relative(javaClass.getPackageName()))) {
                            events.add(SimpleConditionEvent.violated(
                                    javaClass, javaClass.getName() + " is in a package that the table lacks"));
                        }
                    }
                })
                .check(classes);
        allowed.forEach((name, imports) -> {
            List<String> reachable = new ArrayList<>();
            reachable.add(root + suffix(name));
            imports.forEach(imported ->
                    reachable.add(imported.startsWith("io.kubeferry.") ? imported : root + suffix(imported)));
            ArchRuleDefinition.noClasses()
                    .that()
                    .resideInAPackage(root + suffix(name))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.kubeferry..")
                            .and(describe(
                                    "outside " + reachable,
                                    javaClass -> !reachable.contains(javaClass.getPackageName()))))
                    .as("package " + name + " imports only " + imports)
                    .allowEmptyShould(true)
                    .check(classes);
        });
    }

    /** Only {@code users} (packages relative to the root) depend on {@code library} packages. */
    public void onlyUsedBy(List<String> users, String... library) {
        List<String> names = users.stream().map(user -> root + suffix(user)).toList();
        ArchRuleDefinition.noClasses()
                .that(describe("outside " + users, javaClass -> !names.contains(javaClass.getPackageName())))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library)
                .check(classes);
    }

    /** Habits that hold in every package. */
    public void checkHabits() {
        ArchRuleDefinition.fields()
                .that()
                .areStatic()
                .and(describe(
                        "are not made by the compiler",
                        field -> !field.getName().startsWith("$")))
                .should()
                .beFinal()
                .as("no static field is mutable")
                .allowEmptyShould(true)
                .check(classes);
        for (String suffix : BANNED_SUFFIXES) {
            ArchRuleDefinition.noClasses()
                    .should()
                    .haveSimpleNameEndingWith(suffix)
                    .as("no class is called *" + suffix + ": name its job")
                    .check(classes);
        }
        List<String> unmarked = classes.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(javaPackage -> !javaPackage.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toList();
        if (!unmarked.isEmpty()) {
            throw new AssertionError("packages without @NullMarked: " + unmarked);
        }
    }

    private String relative(String packageName) {
        return packageName.equals(root) ? "" : packageName.substring(root.length() + 1);
    }

    private static String suffix(String name) {
        return name.isEmpty() ? "" : "." + name;
    }
}
