package io.kubeferry.core.relay;

import io.kubeferry.core.net.KernelPipe;
import io.kubeferry.core.net.PipePool;
import io.kubeferry.core.net.SocketWatch;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.relay.SpliceState.Event;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link SplicingRelay} while it is bulk: from the source into a pipe, and from the pipe into the sink.
 *
 * <p>The pipe is filled only when it is empty. So it waits either for input or for room, a slow sink stops the source, and
 * what is in the pipe is never more than one filling. The end of the input is left to the buffered relay: the pipe is empty
 * then, and it knows how a FIN is passed on. A failure of the source is met here, since the kernel reports it only once.
 *
 * <p>Threading: event loop of the streams only.
 */
final class SplicedDirection {
    /** Bounds how long others on the event loop wait: the filling that reaches it is a turn's last. */
    private static final int BYTES_PER_TURN = 1024 * 1024;

    /** After so much has come at once, more has mostly come meanwhile: to look costs less than to wait. */
    private static final int MUCH_BYTES = 64 * 1024;

    private final SplicingRelay relay;
    private final Direction direction;
    private final TcpStream source;
    private final TcpStream sink;
    private final SocketWatch sourceWatch;
    private final SocketWatch sinkWatch;
    private final PipePool pipes;
    private final BulkMeter meter;
    private final SinkPace pace = new SinkPace();
    // Made once, not for every wait.
    private final Runnable onReadable = this::inputArrived;
    private final Runnable onWritable = this::drainAndFill;
    private SpliceState state = SpliceState.BUFFERED;
    /** Null while no byte is between the sockets. */
    private @Nullable KernelPipe pipe;

    SplicedDirection(
            SplicingRelay relay, Direction direction, Side source, Side sink, PipePool pipes, BulkMeter meter) {
        this.relay = relay;
        this.direction = direction;
        this.source = source.stream();
        this.sink = sink.stream();
        this.sourceWatch = source.watch();
        this.sinkWatch = sink.watch();
        this.pipes = pipes;
        this.meter = meter;
    }

    /** A stream and its watch. */
    record Side(TcpStream stream, SocketWatch watch) {}

    /** Takes the direction over from the buffered relay, unless the end of its input is near. */
    void takeOver() {
        BufferedDirection buffered = relay.bufferedOf(direction);
        if (state != SpliceState.BUFFERED || buffered.isInputEnded() || !sourceWatch.takeReading(this::onTrouble)) {
            return;
        }
        on(Event.BULK);
        buffered.suspend();
        sourceWatch.endReads(() -> buffered.whenSettled(() -> {
            on(Event.SETTLED);
            sourceWatch.awaitReadable(onReadable);
        }));
    }

    /** Whether the buffered relay has nothing to do with it at the moment. */
    boolean isTaken() {
        return state != SpliceState.BUFFERED;
    }

    /** The relay ends: what the sink still takes without waiting it gets, the rest is lost. */
    void end() {
        on(Event.END);
        KernelPipe held = pipe;
        if (held == null) {
            return;
        }
        pipe = null;
        try {
            if (sink.isOpen()) {
                int _ = held.drainTo(sink);
            }
        } catch (IOException sinkIsGone) {
            // There is nobody left to get it.
        } finally {
            pipes.giveBack(held);
        }
    }

    private void inputArrived() {
        fillAndDrain(true);
    }

    private void drainAndFill() {
        if (drain()) {
            fillAndDrain(false);
        }
    }

    /** The pipe is empty; {@code toldSo} if the kernel has just said that there is something to read. */
    private void fillAndDrain(boolean toldSo) {
        int movedInTurn = 0;
        while (movedInTurn < BYTES_PER_TURN) {
            int moved = fill();
            if (moved < 0) {
                return;
            }
            if (moved == 0) {
                if (movedInTurn == 0 && toldSo) {
                    // Something to read and yet no bytes: mostly the end of the input.
                    meter.reset();
                    handBack();
                    return;
                }
                break;
            }
            if (!drain()) {
                return;
            }
            if (!meter.isBulkAfterPiece(moved)) {
                handBack();
                return;
            }
            if (moved < MUCH_BYTES) {
                break;
            }
            movedInTurn += moved;
        }
        sourceWatch.awaitReadable(onReadable);
    }

    /** Fills the pipe; negative if that has ended the turn. */
    private int fill() {
        Optional<KernelPipe> borrowed = pace.keepsUp() ? pipes.borrowLarge() : pipes.borrow();
        if (borrowed.isEmpty()) {
            meter.reset();
            handBack();
            return -1;
        }
        KernelPipe empty = borrowed.get();
        int moved;
        try {
            moved = empty.fillFrom(source);
        } catch (IOException cause) {
            pipes.giveBack(empty);
            if (KernelPipe.isRefused(cause)) {
                pipes.refuse(cause);
                handBack();
            } else {
                relay.abort(RelayFailures.reasonOf(cause, direction));
            }
            return -1;
        }
        if (moved == 0) {
            pipes.giveBack(empty);
            return 0;
        }
        pipe = empty;
        on(Event.FILLED);
        relay.moved(direction, moved);
        return moved;
    }

    /** Empties the pipe; false if the sink does not take everything now, or never will. */
    private boolean drain() {
        KernelPipe filled = pipe;
        if (filled == null) {
            return false;
        }
        try {
            pace.taken(filled.drainTo(sink));
        } catch (IOException cause) {
            relay.abort(RelayFailures.reasonOf(cause, direction.opposite()));
            return false;
        }
        if (!filled.isEmpty()) {
            pace.waited();
            sinkWatch.awaitWritable(onWritable);
            return false;
        }
        pipe = null;
        pipes.giveBack(filled);
        on(Event.DRAINED);
        return true;
    }

    private void handBack() {
        on(Event.HAND_BACK);
        relay.bufferedOf(direction).resume();
        sourceWatch.giveReadingBack();
    }

    /** The source has failed, or ended both ways, while nothing is read from it. */
    private void onTrouble() {
        source.pendingFailure().ifPresent(failure -> relay.abort(RelayFailures.reasonOf(failure, direction)));
    }

    private void on(Event event) {
        state = state.after(event);
    }
}
