package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/hook"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// A conexoesPage is how an account reaches both systems, and is heard by them.
type conexoesPage struct {
	Sides  []connectionCard
	Admin  bool
	Deaf   string // why no webhook can arrive; "" they can
	Lists  listsState
	Remove string // "" not for this person
}

// A connectionCard is one side: its key, and its webhook.
type connectionCard struct {
	Side    string
	Key     verdict
	KeySays string
	Read    moment // the side was read to the end
	Base    string // its address, where it is not the vendor's own
	Replace string // where its keys are replaced; "" not for this person

	Hook     verdict
	HookSays string
	Heard    moment
	Address  string // for administrators alone, who showed lately who they are: whoever knows it can have records read again
	Show     string // where they show it, to see the address
	Make     string // where an address is made, or replaced
	Has      bool
	Register string // where it is registered by the side's API; "" on the side's screen
	Told     hookWork
	Lead     string
	Steps    []string
}

// A hookWork is what came of registering.
type hookWork struct {
	Pending bool
	When    moment
	Trouble string
	Found   []hookFinding
}

// A hookFinding is one webhook in the vendor's system.
type hookFinding struct {
	Title, Says string
	OK          bool
}

func (s *Site) conexoes(w http.ResponseWriter, v *visit) error {
	t := v.account
	page := conexoesPage{Admin: v.manages(), Deaf: s.deaf()}
	h, err := s.healthOf(v.Context(), t)
	if err != nil {
		return err
	}
	hooks, err := hook.Statuses(v.Context(), s.Store, t.ID, s.Now())
	if err != nil {
		return err
	}
	works, err := s.Store.Works(v.Context(), store.Owner{ID: t.ID})
	if err != nil {
		return err
	}
	secrets, sealed, err := s.secretsOf(v.Context(), t.ID)
	if err != nil {
		return err
	}
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		card := connectionCard{Side: side.Title()}
		card.key(t, side, h, sealed)
		card.base(t, side)
		if err := card.hear(s, v, side, hooks, works[setup.Hooks], secrets[store.HookSecret(side)]); err != nil {
			return err
		}
		if page.Admin && s.Assistant != nil {
			card.Replace = t.Path("conexoes", string(side), "chaves")
		}
		page.Sides = append(page.Sides, card)
	}
	if page.Admin {
		lists, err := s.accountLists(v.Context(), t.ID)
		if err != nil {
			return err
		}
		page.Lists, page.Remove = lists.state(s, t, t.Path("conexoes")), t.Path("remover")
	}
	return show(s, w, v, http.StatusOK, conexoesSheet, "Conexões", page)
}

// secretsOf are an account's credentials; sealed: no key at hand opens them.
func (s *Site) secretsOf(ctx context.Context, account string) (secrets map[string]string, sealed bool, err error) {
	secrets, err = s.Store.Secrets(ctx, account)
	if _, sealed = errors.AsType[*store.SealedError](err); sealed {
		return nil, true, nil
	}
	return secrets, false, err
}

// sealedKeys is what nothing can be done before.
const sealedKeys = "As chaves desta conta não abrem com a chave mestra daqui: cole-as de novo antes, em Conexões."

// deaf says why the vendors cannot reach this process.
func (s *Site) deaf() string {
	ip := net.ParseIP(s.public.Hostname())
	if host := s.public.Hostname(); host == "localhost" || host == "" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified() || ip.IsPrivate() || ip.IsLinkLocalUnicast()) {
		return "O Ponte atende em " + cmp.Or(s.PublicURL, "um endereço deste computador") + ", que o Auvo e o Omie não alcançam: os webhooks não chegam, e o Ponte continua perguntando no ritmo da conta. Para recebê-los, quem cuida do servidor define PONTE_PUBLIC_URL."
	}
	return ""
}

// key says how the side's key does.
func (c *connectionCard) key(t *tenant, side record.Side, h health, sealed bool) {
	var newest store.Run
	for _, r := range h.Runs {
		if r.Started.After(newest.Started) {
			newest = r
		}
	}
	var read time.Time
	for feed, at := range h.Done {
		if of, _, _ := strings.Cut(feed, "/"); of == string(side) && at.After(read) {
			read = at
		}
	}
	c.Read = t.moments.of(read)
	blocked := ""
	for _, b := range h.Blocks {
		if b.Side == side.Title() {
			blocked = b.Until.When
		}
	}
	switch {
	case sealed:
		c.Key, c.KeySays = verdict{"bad", "Chave que não abre"}, "A chave está cifrada com outra chave mestra, que não está aqui. Ponha a chave mestra de volta no servidor, ou cole as chaves de novo."
	case engine.RefusedSide(newest.Error) == side:
		c.Key, c.KeySays = verdict{"bad", "Chave recusada"}, "O "+side.Title()+" não aceita a chave: nada anda até que uma chave válida seja colada aqui."
	case blocked != "":
		c.Key, c.KeySays = verdict{"bad", "Chave bloqueada"}, "O "+side.Title()+" bloqueou a chave até "+blocked+". O Ponte espera e volta sozinho; se outro programa usa a mesma chave, ele é a causa provável."
	case read.IsZero():
		c.Key, c.KeySays = verdict{"", "Ainda não lida"}, "Nenhuma leitura deste lado chegou ao fim ainda."
	default:
		c.Key = verdict{"good", "Chave aceita"}
	}
}

// officialBases are the vendors' own addresses.
var officialBases = map[record.Side]string{record.Auvo: "https://api.auvo.com.br/v2", record.Omie: "https://app.omie.com.br/api/v1"}

func (c *connectionCard) base(t *tenant, side record.Side) {
	base := t.settings.Auvo.BaseURL
	if side == record.Omie {
		base = t.settings.Omie.BaseURL
	}
	if base != officialBases[side] {
		c.Base = base
	}
}

// hear says how the side's webhook does, and how it is set up.
func (c *connectionCard) hear(s *Site, v *visit, side record.Side, hooks []hook.Status, work store.Work, token string) error {
	t := v.account
	c.Hook, c.HookSays = verdict{"", "Sem endereço"}, "O "+side.Title()+" não avisa nada: o Ponte pergunta no ritmo da conta."
	for _, h := range hooks {
		if h.Side == side {
			c.Has = true
			c.heard(t, h)
		}
	}
	if !v.manages() {
		return nil
	}
	if c.Has && token != "" {
		c.Address = hook.Address(s.PublicURL, side, token)
		if !s.proved(v) {
			c.Address, c.Show = "", provePath(t.Path("conexoes"))
		}
	}
	c.Make = t.Path("conexoes", string(side), "endereco")
	if c.Lead, c.Steps = hook.OnScreen(side); c.Lead == "" && s.Assistant != nil {
		c.Register = t.Path("conexoes", string(side), "registrar")
		return c.Told.read(t, work, side, s.PublicURL)
	}
	return nil
}

func (c *connectionCard) heard(t *tenant, h hook.Status) {
	told := "Anunciou " + strconv.Itoa(h.Announced) + " das " + strconv.Itoa(h.Found) + " mudanças achadas em sete dias."
	if h.Found == 0 {
		told = "Nenhuma mudança foi achada em sete dias."
	}
	switch {
	case h.Silent:
		c.Hook, c.HookSays = verdict{"bad", "Calado"}, "Houve o que dizer, e ele não disse nada ("+silentKinds(h)+"): confira se está registrado, com esses tópicos. "+told
	case h.Heard == nil:
		c.Hook, c.HookSays = verdict{"warn", "Nunca ouvido"}, "O endereço existe, e ninguém o chamou ainda."
	default:
		c.Hook, c.HookSays = verdict{"good", "Ouvido"}, told
	}
	if h.Heard != nil {
		c.Heard = t.moments.of(*h.Heard)
	}
}

// silentKinds are the kinds of which the webhook says nothing.
func silentKinds(h hook.Status) string {
	var kinds []string
	for _, k := range h.Kinds {
		if k.Silent {
			kinds = append(kinds, flow.KindTitle(k.Kind))
		}
	}
	return strings.Join(kinds, ", ")
}

// read reads what a worker found when it registered.
func (w *hookWork) read(t *tenant, work store.Work, side record.Side, base string) error {
	if work.Number == 0 {
		return nil
	}
	w.Pending, w.When, w.Trouble = work.Pending(), t.moments.of(work.Ended), work.Said
	if w.Trouble == "" && work.Answered != "" && work.Answered != base {
		w.Trouble = "Foi registrado com outro endereço público (" + work.Answered + "): registre de novo."
	}
	var all []record.Finding
	if len(work.Answer) > 0 {
		if err := json.Unmarshal(work.Answer, &all); err != nil {
			return err
		}
	}
	for _, f := range all {
		if f.Side == side {
			w.Found = append(w.Found, findingSaid(f))
		}
	}
	return nil
}

// findingSaid is a webhook in the vendor's system for people.
func findingSaid(f record.Finding) hookFinding {
	out := hookFinding{Title: f.Check, Says: f.Detail, OK: f.OK}
	if entity, action, ok := strings.Cut(strings.TrimPrefix(f.Check, "webhook "), "/"); ok {
		out.Title = cmp.Or(hookWords[entity], entity) + ": " + cmp.Or(hookWords[action], action)
	}
	out.Says = cmp.Or(hookWords[f.Detail], f.Detail)
	return out
}

// hookWords are what a side says of its webhooks, for people.
var hookWords = map[string]string{
	"customer": "Clientes", "task": "Tarefas", "inclusao": "quando é criado", "alteracao": "quando muda", "exclusao": "quando é excluído",
	"registered": "registrado", "calls this address already": "já chama este endereço",
	"calls another program":                                 "chama outro programa. O Auvo guarda um endereço só para cada caso: tire aquele no Auvo, ou deixe o Ponte perguntando.",
	"Auvo says that it is registered, and does not show it": "o Auvo diz que já está registrado e não o mostra: a chave de outro usuário pode tê-lo registrado. Tire aquele no Auvo.",
}

// sideOfPath is the side that an address names.
func sideOfPath(v *visit) (record.Side, error) {
	side := record.Side(v.PathValue("lado"))
	if _, known := keyFields[side]; !known {
		return side, missing("Esta página não existe.")
	}
	return side, nil
}
