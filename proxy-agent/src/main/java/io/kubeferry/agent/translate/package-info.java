/**
 * Turns objects of the Kubernetes API into events for {@code agent.state}, as kube-proxy reads them.
 *
 * <p>Start at {@link io.kubeferry.agent.translate.ServiceTranslator}. Pure functions on any thread, which throw on no
 * input: what cannot be used is left out and named. Imports {@code agent.options} (for its
 * spelling of durations), {@code agent.state}, {@code core.model} and the API's models.
 */
@NullMarked
package io.kubeferry.agent.translate;

import org.jspecify.annotations.NullMarked;
