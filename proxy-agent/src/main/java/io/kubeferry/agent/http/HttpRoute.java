package io.kubeferry.agent.http;

/** Who answers, which methods, and on which thread. Immutable. */
public record HttpRoute(HttpResponder responder, Methods methods, Place place) {
    /** What may be asked. */
    public enum Methods {
        GET_AND_HEAD,
        ANY
    }

    /** Where the responder runs. */
    public enum Place {
        /** For answers that are at hand. */
        EVENT_LOOP,
        /** For answers that take work, so that health checks need not wait for them. */
        WORKER
    }

    /** GET and HEAD, answered at once. */
    public static HttpRoute quick(HttpResponder responder) {
        return new HttpRoute(responder, Methods.GET_AND_HEAD, Place.EVENT_LOOP);
    }

    /** GET and HEAD, answered by the worker. */
    public static HttpRoute slow(HttpResponder responder) {
        return new HttpRoute(responder, Methods.GET_AND_HEAD, Place.WORKER);
    }

    /** Every method, answered at once. */
    public static HttpRoute anyMethod(HttpResponder responder) {
        return new HttpRoute(responder, Methods.ANY, Place.EVENT_LOOP);
    }
}
