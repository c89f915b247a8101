// Package auvosim is an Auvo in memory: the API v2 as far as Ponte and its
// operators use it, answering as the public sources say it answers, and
// misbehaving on request. It is part of the product (`ponte sim`, `ponte demo`)
// and of its tests; it shares no code with the client, so that a wrong belief
// cannot hide on both sides.
//
// A [Sim] is an [net/http.Handler] whose zero value works. The API is served
// under /v2 and without a prefix; [Sim.Seed], [Sim.Edit], [Sim.FinishTask] and
// their kin are what people do on Auvo's screens; the same is offered as JSON
// under /_sim/. [Sim.Break] makes the next calls go wrong, [Sim.Calls] tells
// what a client asked and [Sim.Violations] what it should not have done.
//
// Sources. Every "auvo-api.md §x" below is the fact sheet kept in docs/apis/;
// its §13 lists the defaults where the truth is unknown, and each of its
// switches is a commented field of Sim.
//
// Modelled: login and tokens, the rate limit, filters, paging and envelopes,
// the seven error shapes, customers, products, services, tasks (with items,
// totals, deletion), quotations, customer groups, users, task types and
// additional costs.
//
// Not modelled: the delivery of webhooks, service orders, invoices and receivables, tickets,
// equipments, questionnaires, teams, segments, keywords, product categories
// and stock per technician, writing of users, the clients of a customer group, the billing members of customers/complete,
// attachments (accepted and dropped), and writing the lines of a quotation.
// They answer 404, as a module does that an account lacks (§2.2).
package auvosim
