/** What {@code deploy/} holds for Prometheus and Grafana, with a real Prometheus that scrapes a running agent. */
@NullMarked
package io.kubeferry.it.prometheus;

import org.jspecify.annotations.NullMarked;
