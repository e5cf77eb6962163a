package io.kubeferry.core.connection;

import io.kubeferry.core.net.TransparentSockets;
import io.kubeferry.core.routing.AnswerPath;

/** From which ports a connection may begin that has a client's address as its source. */
enum SourcePort {
    /** Those by which a bridge knows answers. */
    RECOGNIZABLE {
        @Override
        int choose(TransparentSockets sockets) {
            return sockets.nextRecognizablePort();
        }
    },
    /** Those that the client's own connections do not get. */
    UNLIKELY {
        @Override
        int choose(TransparentSockets sockets) {
            return sockets.nextUnlikelyPort();
        }
    },
    /** All. */
    ANY {
        @Override
        int choose(TransparentSockets sockets) {
            return TransparentSockets.ANY_PORT;
        }
    };

    private static final int UNLIKELY_TRIED = 3;

    /** Where so many were in use, only the kernel finds one that is not. */
    static SourcePort of(AnswerPath answers, int tried) {
        if (answers == AnswerPath.LIFTED) {
            return RECOGNIZABLE;
        }
        return tried < UNLIKELY_TRIED ? UNLIKELY : ANY;
    }

    /** One of them, another one each time. */
    abstract int choose(TransparentSockets sockets);
}
