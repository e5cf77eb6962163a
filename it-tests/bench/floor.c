/*
 * About the least that a proxy can cost: it carries each connection to one fixed port of this host and does nothing else, with
 * no limits, time-outs, metrics or retries. What it costs beside the other proxies tells how much of their cost is the
 * kernel's, for any proxy that copies (`copy`, on io_uring) or splices (`splice`, on epoll, with a pipe for each direction).
 *
 *     floor copy|splice PORT BACKEND_PORT THREADS
 *
 * Both ends of a connection are closed when both directions have ended, or either has failed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BUFFER = 16 * 1024, PIPE = 1024 * 1024, ENTRIES = 4096, EVENTS = 256 };

struct pair;

/* One socket of a pair, and the direction that begins at it. */
struct end {
    struct pair *pair;
    struct end *peer;
    int fd;
    bool ended;     /* nothing more is read here */
    int pipe[2];    /* splice: what was read here and is not written there yet */
    size_t held;    /* bytes in the pipe, or of the buffer */
    size_t sent;    /* copy: bytes of the buffer that are written */
    char *buffer;
};

struct pair {
    struct end client, server;
    int operations; /* copy: under way in the kernel */
    bool connected; /* splice */
    bool failed;
};

static struct sockaddr_in backend;
static int port;

static struct sockaddr_in loopback(int number) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(number), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Each thread has a listening socket of its own, among which the kernel spreads connections. */
static int listening(int flags) {
    int fd = socket(AF_INET, SOCK_STREAM | flags, 0), on = 1;
    struct sockaddr_in address = loopback(port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* accepted sockets inherit it */
    if (bind(fd, (struct sockaddr *) &address, sizeof address) || listen(fd, 4096)) err(1, "port %d", port);
    return fd;
}

static struct pair *paired(int client, int flags) {
    struct pair *pair = calloc(1, sizeof *pair);
    int on = 1;
    pair->client = (struct end){.pair = pair, .peer = &pair->server, .fd = client};
    pair->server = (struct end){.pair = pair, .peer = &pair->client, .fd = socket(AF_INET, SOCK_STREAM | flags, 0)};
    setsockopt(pair->server.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return pair;
}

/* ---- copy ---- */

/* What an operation was for, in the two low bits of its user data; the rest is the end. */
enum { ACCEPT, CONNECT, RECEIVE, SEND };

static struct io_uring_sqe *operation(struct io_uring *ring, struct end *end, int what) {
    struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
    if (!sqe) {
        io_uring_submit(ring);
        sqe = io_uring_get_sqe(ring);
    }
    sqe->user_data = (uintptr_t) end | what;
    if (end) end->pair->operations++;
    return sqe;
}

static _Thread_local int listener;

static void accept_next(struct io_uring *ring) {
    io_uring_prep_multishot_accept(operation(ring, NULL, ACCEPT), listener, NULL, NULL, SOCK_CLOEXEC);
}

static void receive(struct io_uring *ring, struct end *end, bool more) {
    struct io_uring_sqe *sqe = operation(ring, end, RECEIVE);
    if (!end->buffer) end->buffer = malloc(BUFFER);
    io_uring_prep_recv(sqe, end->fd, end->buffer, BUFFER, 0);
    /* An attempt that finds nothing is spared. */
    if (!more) sqe->ioprio |= IORING_RECVSEND_POLL_FIRST;
}

static void send_on(struct io_uring *ring, struct end *from) {
    struct io_uring_sqe *sqe = operation(ring, from, SEND);
    io_uring_prep_send(sqe, from->peer->fd, from->buffer + from->sent, from->held - from->sent, MSG_NOSIGNAL);
}

static void copy_ended(struct end *end, bool failed) {
    struct pair *pair = end->pair;
    end->ended = true;
    if (failed && !pair->failed) {
        pair->failed = true;
        shutdown(pair->client.fd, SHUT_RDWR);
        shutdown(pair->server.fd, SHUT_RDWR);
    } else if (!pair->failed && !end->peer->ended) {
        shutdown(end->peer->fd, SHUT_WR);
    }
}

static void completed(struct io_uring *ring, struct io_uring_cqe *cqe) {
    struct end *end = (struct end *) (uintptr_t) (cqe->user_data & ~(uint64_t) 3);
    int what = cqe->user_data & 3, result = cqe->res;
    if (what == ACCEPT) {
        if (!(cqe->flags & IORING_CQE_F_MORE)) accept_next(ring);
        if (result < 0) return;
        struct pair *pair = paired(result, 0);
        struct io_uring_sqe *sqe = operation(ring, &pair->server, CONNECT);
        io_uring_prep_connect(sqe, pair->server.fd, (struct sockaddr *) &backend, sizeof backend);
        return;
    }
    struct pair *pair = end->pair;
    pair->operations--;
    if (what == CONNECT && result == 0) {
        receive(ring, &pair->client, true);
        receive(ring, &pair->server, false);
    } else if (what == RECEIVE && result > 0) {
        end->held = result;
        end->sent = 0;
        send_on(ring, end);
    } else if (what == SEND && result > 0) {
        end->sent += result;
        if (end->sent < end->held) send_on(ring, end);
        else receive(ring, end, end->held == BUFFER);
    } else {
        copy_ended(end, what != RECEIVE || result < 0);
    }
    if (pair->operations == 0) {
        close(pair->client.fd);
        close(pair->server.fd);
        free(pair->client.buffer);
        free(pair->server.buffer);
        free(pair);
    }
}

static void *copying(void *unused) {
    struct io_uring ring;
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
    int failure = io_uring_queue_init_params(ENTRIES, &ring, &params);
    if (failure) errx(1, "io_uring: %s", strerror(-failure));
    listener = listening(0);
    accept_next(&ring);
    while (true) {
        io_uring_submit_and_wait(&ring, 1);
        struct io_uring_cqe *cqe;
        unsigned head, count = 0;
        io_uring_for_each_cqe(&ring, head, cqe) {
            completed(&ring, cqe);
            count++;
        }
        io_uring_cq_advance(&ring, count);
    }
    return unused;
}

/* ---- splice ---- */

/* Moves what there is, as far as the peer takes it. False: the direction has failed. */
static bool moved(struct end *from) {
    while (!from->ended || from->held) {
        ssize_t in = -1, out = -1;
        if (!from->ended && from->held < PIPE) {
            in = splice(from->fd, NULL, from->pipe[1], NULL, PIPE - from->held, SPLICE_F_NONBLOCK);
            if (in < 0 && errno != EAGAIN) return false;
            if (in > 0) from->held += in;
            if (in == 0) from->ended = true;
        }
        if (from->held) {
            out = splice(from->pipe[0], NULL, from->peer->fd, NULL, from->held, SPLICE_F_NONBLOCK);
            if (out < 0 && errno != EAGAIN) return false;
            if (out > 0) from->held -= out;
        }
        if (from->ended && !from->held) shutdown(from->peer->fd, SHUT_WR);
        else if (in <= 0 && out <= 0) return true;
    }
    return true;
}

static void watch(int epoll, struct end *end) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = end};
    if (pipe2(end->pipe, O_NONBLOCK | O_CLOEXEC)) err(1, "pipe");
    /* All that the socket has goes at once: a pipe of the usual 64 KiB takes several turns. */
    fcntl(end->pipe[1], F_SETPIPE_SZ, PIPE);
    epoll_ctl(epoll, EPOLL_CTL_ADD, end->fd, &event);
}

static void unwatch(struct end *end) {
    close(end->fd);
    close(end->pipe[0]);
    close(end->pipe[1]);
}

/* Returns the pair once nothing is left to do for it. */
static struct pair *ready(struct end *end, int number) {
    struct pair *pair = end->pair;
    if (pair->failed) return NULL;
    if (!pair->connected) {
        /* The server's socket is writable for the first time, or has failed. */
        if (end != &pair->server) return NULL;
        pair->connected = true;
    }
    pair->failed = number & EPOLLERR || !moved(&pair->client) || !moved(&pair->server);
    if (!pair->failed && !(pair->client.ended && !pair->client.held && pair->server.ended && !pair->server.held)) return NULL;
    pair->failed = true;
    return pair;
}

static void *splicing(void *unused) {
    int epoll = epoll_create1(0), listener = listening(SOCK_NONBLOCK);
    struct epoll_event events[EVENTS], accepting = {.events = EPOLLIN};
    struct pair *over[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &accepting);
    while (true) {
        int count = epoll_wait(epoll, events, EVENTS, -1), ended = 0;
        for (int i = 0; i < count; i++) {
            struct end *end = events[i].data.ptr;
            if (end) {
                struct pair *pair = ready(end, events[i].events);
                if (pair) over[ended++] = pair;
                continue;
            }
            int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (client < 0) continue;
            struct pair *pair = paired(client, SOCK_NONBLOCK);
            connect(pair->server.fd, (struct sockaddr *) &backend, sizeof backend);
            watch(epoll, &pair->client);
            watch(epoll, &pair->server);
        }
        /* Not before: a later event of the same turn may be of the same pair. */
        for (int i = 0; i < ended; i++) {
            unwatch(&over[i]->client);
            unwatch(&over[i]->server);
            free(over[i]);
        }
    }
    return unused;
}

int main(int count, char **arguments) {
    if (count != 5) errx(2, "usage: floor copy|splice PORT BACKEND_PORT THREADS");
    signal(SIGPIPE, SIG_IGN);
    port = atoi(arguments[2]);
    backend = loopback(atoi(arguments[3]));
    void *(*loop)(void *) = strcmp(arguments[1], "copy") == 0 ? copying : splicing;
    for (int i = 1; i < atoi(arguments[4]); i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, loop, NULL);
    }
    loop(NULL);
}
