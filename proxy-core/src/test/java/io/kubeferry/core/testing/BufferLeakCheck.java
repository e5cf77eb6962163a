package io.kubeferry.core.testing;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails every test class after which a Netty resource turns out to have been dropped without being released. Registered
 * for all classes by {@code META-INF/services}, in the modules that use these fixtures too.
 */
public final class BufferLeakCheck implements AfterAllCallback {
    /** JUnit calls this before it runs the first test, so before Netty makes its first detector. */
    public BufferLeakCheck() {
        BufferLeaks.watch();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        boolean nested = context.getRequiredTestClass().getEnclosingClass() != null;
        if (!nested) {
            failOn(BufferLeaks.find());
        }
    }

    /** Fails unless {@code leaks} is empty. */
    static void failOn(List<String> leaks) {
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    leaks.size() + " leaked, by this class or one before it:\n" + String.join("\n", leaks));
        }
    }
}
