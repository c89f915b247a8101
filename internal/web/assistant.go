package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// An Assistant is what the site needs to have a person connect a company. It calls
// a vendor for one thing: to test a key that was just typed.
type Assistant struct {
	// New is what an account starts from.
	New func() config.Account
	// Connect builds both sides of an account to be.
	Connect func(config.Account) (auvo, omie record.System, err error)
	// Ask puts the job of an asking on the queue, and Enqueue an account's first cycle.
	Ask     store.WorkEnqueuer
	Enqueue store.Enqueuer
}

// A keyTest is what a side said to its key.
type keyTest struct {
	Name string // whose the key is, as far as the vendor says
	At   time.Time
}

// A drafting is a draft as a page needs it. Its account has no credentials in it.
type drafting struct {
	store.Draft
	account config.Account
	tests   map[record.Side]keyTest // of the keys that were accepted
	works   map[string]store.Work
	about   map[string]string // what works would be for now, by work
	lists   setup.Catalogues
}

func (s *Site) draftingOf(v *visit) (*drafting, error) {
	if s.Assistant == nil {
		return nil, missing("O assistente não está disponível aqui.")
	}
	d, err := s.Store.Draft(v.Context(), v.PathValue("rascunho"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing("Não há uma conta em preparo com esse nome: ela foi ativada ou descartada.")
	}
	if err != nil {
		return nil, err
	}
	return s.read(v.Context(), d)
}

func (s *Site) read(ctx context.Context, row store.Draft) (*drafting, error) {
	d := &drafting{Draft: row, tests: map[record.Side]keyTest{}, about: map[string]string{}}
	secrets, err := s.Store.DraftSecrets(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	whole, err := setup.Account(row.Settings, secrets)
	if err != nil {
		return nil, err
	}
	for _, work := range []string{setup.Lists, setup.Plan} {
		d.about[work] = setup.About(work, whole)
	}
	if d.account, err = config.Restore(string(row.Settings)); err != nil {
		return nil, err
	}
	if len(row.Tests) > 0 {
		if err := json.Unmarshal(row.Tests, &d.tests); err != nil {
			return nil, err
		}
	}
	if d.works, err = s.Store.Works(ctx, d.owner()); err != nil {
		return nil, err
	}
	d.lists, err = setup.ReadCatalogues(d.works[setup.Lists].Answer)
	return d, err
}

// owner is for whom a worker finds something out about the draft.
func (d *drafting) owner() store.Owner { return store.Owner{ID: d.ID, Draft: true} }

// fresh tells whether a work has an answer for the draft as it is now.
func (d *drafting) fresh(work string) bool {
	w := d.works[work]
	return !w.Pending() && w.Number > 0 && w.Said == "" && w.Answered == d.about[work]
}

// connected tells whether both keys were accepted.
func (d *drafting) connected() bool { return len(d.tests) == 2 }

// gaps are what the account still lacks, its credentials aside.
func (d *drafting) gaps() []config.Problem {
	var wrong *config.Error
	a := d.account
	if !errors.As(a.Validate(), &wrong) {
		return nil
	}
	return slices.DeleteFunc(wrong.Problems, func(p config.Problem) bool {
		return slices.ContainsFunc(a.Credentials(), func(c config.Credential) bool { return c.Key == p.Key })
	})
}

// gapSaid is a gap for people, with the block that it is in.
func gapSaid(p config.Problem) string {
	if at := strings.LastIndex(p.Key, "."); at >= 0 && blockTitles[p.Key] == "" {
		return blockTitle(p.Key[:at]) + ": " + settingWrong(p)
	}
	return settingWrong(p)
}

// Path is the address of one of the draft's pages.
func (d *drafting) Path(parts ...string) string {
	return "/assistente/" + strings.Join(append([]string{d.ID}, parts...), "/")
}

// A draftHead stands above every page of a draft.
type draftHead struct {
	Name    string
	Discard string
	Steps   []stepLink
}

// A stepLink is one step, and how far it is.
type stepLink struct {
	Title, Path string
	Done, Here  bool
}

// steps are the assistant's, in their order. Any can be left and taken up again.
func (d *drafting) steps() []stepLink {
	_, auvo := d.tests[record.Auvo]
	_, omie := d.tests[record.Omie]
	out := []stepLink{{Title: "Chaves do Auvo", Path: d.Path("chaves", "auvo"), Done: auvo}, {Title: "Chaves do Omie", Path: d.Path("chaves", "omie"), Done: omie}}
	gaps := d.gaps()
	for _, st := range settingSteps {
		done := d.connected() && (!st.lists || d.fresh(setup.Lists))
		for _, p := range gaps {
			done = done && !st.owns(p.Key)
		}
		out = append(out, stepLink{Title: st.title, Path: d.Path("ajustes", st.path), Done: done})
	}
	return append(
		out, stepLink{Title: "Simular", Path: d.Path("plano"), Done: d.fresh(setup.Plan)},
		stepLink{Title: "Conferir cadastros", Path: d.Path("conferencia"), Done: d.reviewed()}, stepLink{Title: "Ativar", Path: d.Path("ativar")},
	)
}

func (d *drafting) head(here string) draftHead {
	h := draftHead{Name: d.account.Name, Discard: d.Path("descartar"), Steps: d.steps()}
	for n := range h.Steps {
		h.Steps[n].Here = h.Steps[n].Path == here
	}
	return h
}

// after is the step behind one.
func (d *drafting) after(here string) string {
	all := d.steps()
	at := slices.IndexFunc(all, func(l stepLink) bool { return l.Path == here })
	return all[min(at+1, len(all)-1)].Path
}

// resume goes to the first step that is not done.
func (s *Site) resume(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	all := d.steps()
	to := all[len(all)-1].Path
	if at := slices.IndexFunc(all, func(l stepLink) bool { return !l.Done }); at >= 0 {
		to = all[at].Path
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

// keep saves a draft over the version that was read.
func (s *Site) keepDraft(ctx context.Context, d *drafting, secrets map[string]string) error {
	var err error
	d.Settings = []byte(d.account.Settings())
	if d.Tests, err = json.Marshal(d.tests); err != nil {
		return err
	}
	err = s.Store.ChangeDraft(ctx, d.Draft, secrets)
	if errors.Is(err, store.ErrDraftChanged) {
		return refused(http.StatusConflict, "Outra pessoa mudou esta conta em preparo enquanto você olhava, e nada foi salvo. Abra a página de novo.")
	}
	return err
}
