// Package omiesim is an Omie app in memory: an http.Handler that answers the
// API of Omie as strictly as it is known, and misbehaves on request. It is for
// tests, for `ponte demo` and `ponte sim`, and for anyone who builds against Omie.
//
// Modelled, each from the section of omie-api.md (docs/apis) that the code names:
// the envelope and its faults (§1), the limits (§2), customers (§3), products and
// stock positions (§4), services (§5), service orders with their billing service
// (§6), sales orders with theirs (§7), the catalogues that these refer to (§8),
// paging, windows and the list of quirks (§10). Where sources disagree a field
// of Sim chooses the reading; texts that no source quotes are marked [infer].
//
// Not modelled: webhooks, invoices (NF-e, NFS-e, RPS), taxes, finance, stock
// history and adjustments by API, batch methods, contracts, purchases.
//
// Records are kept in Omie's own words, as maps: the simulator shares no types
// with the client, so that no misbelief is shared. What tags exist comes from
// package omieschema.
//
// Terms: a Fault (Break) is misbehaviour asked for; a Violation is a breach of a
// published rule by the client; a person's acts (Edit, Bill, …) are what people
// do on Omie's screen.
package omiesim
