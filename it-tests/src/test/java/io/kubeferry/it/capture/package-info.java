/** Service addresses themselves, on nodes made of network namespaces. Needs Linux and root. */
package io.kubeferry.it.capture;
