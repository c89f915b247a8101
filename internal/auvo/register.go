package auvo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/call"
	"ponte/internal/record"
)

// oursIn marks an address of ours, wherever Ponte is or was served.
const oursIn = "/hooks/auvo/"

// register has Auvo's webhooks of tasks and customers call an address. Auvo keeps
// one of each entity and action for a user: where it is ours of old it is
// replaced, where it is another program's it is left alone and said so.
func (s *side) register(ctx context.Context, address string) ([]record.Finding, error) {
	there, err := s.webhooks(ctx)
	if err != nil {
		return nil, err
	}
	found := record.Findings{Side: record.Auvo}
	for _, entity := range []int{auvoapi.HookCustomer, auvoapi.HookTask} {
		for _, action := range []int{auvoapi.HookCreated, auvoapi.HookChanged, auvoapi.HookDeleted} {
			n := auvoapi.NewWebhook{Entity: entity, Action: action, URL: address, Active: true}
			if err := s.registerOne(ctx, &found, n, there); err != nil {
				return found.List, err
			}
		}
	}
	return found.List, nil
}

func (s *side) webhooks(ctx context.Context) ([]auvoapi.Webhook, error) {
	var all []auvoapi.Webhook
	for n := 1; ; n++ {
		page, err := s.api.Webhooks.List(ctx, n, pageSize)
		if call.ReactionOf(err) == call.Empty {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Last() {
			return all, nil
		}
	}
}

func (s *side) registerOne(ctx context.Context, found *record.Findings, n auvoapi.NewWebhook, there []auvoapi.Webhook) error {
	check := fmt.Sprintf("webhook %s/%s", map[int]string{auvoapi.HookCustomer: "customer", auvoapi.HookTask: "task"}[n.Entity],
		map[int]string{auvoapi.HookCreated: "inclusao", auvoapi.HookChanged: "alteracao", auvoapi.HookDeleted: "exclusao"}[n.Action])
	if at := slices.IndexFunc(there, n.Covers); at >= 0 {
		was := there[at]
		switch {
		case was.URL == n.URL && was.Active:
			found.Note(check, true, "calls this address already", "")
			return nil
		case !strings.Contains(was.URL, oursIn):
			found.Note(check, false, "calls another program", "Auvo keeps one address for each: take that one away in Auvo, or let Ponte poll")
			return nil
		}
		if err := s.api.Webhooks.Delete(ctx, was.ID); err != nil && call.ReactionOf(err) != call.Gone {
			return err
		}
	}
	_, err := s.api.Webhooks.Create(ctx, n)
	switch {
	case call.ReactionOf(err) == call.Exists:
		found.Note(check, false, "Auvo says that it is registered, and does not show it", "another user's key may have registered it: take that one away in Auvo")
	case err != nil:
		return err
	default:
		found.Note(check, true, "registered", "")
	}
	return nil
}
