// Package importtest holds who may import whom in this repository, and the test that keeps it.
//
// Data walks auvoapi → auvo → record → flow → reconcile → engine → omie → omieapi, and imports point inward, to record:
// the sides know record and never each other, and what decides knows no side. The table below is that picture as rules.
// It is about the program; tests may import what they exercise.
package importtest

import (
	"fmt"
	"slices"
	"strings"
)

// module is the path of this module; the table leaves it out.
const module = "ponte/"

// std stands for every package of the standard library.
const std = "std"

// decimal is the type of money and quantities.
const decimal = "github.com/govalues/decimal"

// A rule is about imports of what by who. A pattern such as internal/auvo/... is that package and all below it.
type rule struct {
	// who is the packages that the rule is for; empty: all.
	who []string
	// except are packages that it is not for.
	except []string
	// never are imports that it refuses.
	never []string
	// but are imports that it lets pass all the same.
	but []string
	// only are the imports that it allows, when not empty; every other is refused.
	only []string
	// because is the reason, which a refusal shows.
	because string
}

var table = []rule{
	{
		who:     []string{"internal/record"},
		only:    []string{std, decimal},
		because: "record is what crosses: everybody knows it, so it knows nobody",
	},
	{
		who:     []string{"internal/reconcile"},
		only:    []string{std, decimal, "internal/record"},
		because: "reconcile is pure: values in, values out",
	},
	{
		who:     []string{"internal/subject"},
		only:    []string{std, "internal/record", "internal/config"},
		because: "subject is pure: whom a text names and what of a record stays is decided without the store",
	},
	{
		who:     []string{"internal/house"},
		only:    []string{std, "internal/engine", "internal/store", "internal/subject"},
		because: "housekeeping says when what is old goes, and how much at once; the store says what",
	},
	{
		who:     []string{"internal/call", "internal/config", "internal/secret"},
		never:   []string{"internal/...", "cmd/..."},
		but:     []string{"internal/disk"},
		because: "call, config and secret are ground that others stand on",
	},
	{
		who:     []string{"internal/disk"},
		only:    []string{std},
		because: "disk is what file systems differ in, and no more",
	},
	{
		who:     []string{"internal/phrasebook"},
		only:    []string{std, "internal/call", "go.yaml.in/yaml/v3", "golang.org/x/text/..."},
		because: "the phrasebook is data: both clients and the sentences for people read it",
	},
	{
		who:     []string{"internal/inbox"},
		never:   []string{"internal/cli/...", "internal/web/...", "internal/call"},
		because: "inbox is what cli and web both show; it calls nobody",
	},
	{
		except:  []string{"cmd/...", "internal/auvo/...", "internal/company"},
		never:   []string{"internal/auvo/..."},
		because: "only cmd knows which sides there are; engine, flow, cli and web see record",
	},
	{
		except:  []string{"cmd/...", "internal/omie/...", "internal/company"},
		never:   []string{"internal/omie/..."},
		because: "only cmd knows which sides there are; engine, flow, cli and web see record",
	},
	{
		who:     []string{"internal/company"},
		never:   []string{"internal/auvo", "internal/auvo/auvoapi", "internal/omie", "internal/omie/omieapi"},
		because: "company fills the simulators and uses no client",
	},
	{
		who:     []string{"internal/auvo/auvosim", "internal/omie/omiesim"},
		never:   []string{"testing", "testing/...", "internal/auvo", "internal/auvo/auvoapi", "internal/omie", "internal/omie/omieapi"},
		because: "the simulators are served by the program, and must not share a client's mistakes",
	},
	{
		who:     []string{"internal/auvo/...", "internal/omie/..."},
		never:   []string{"internal/engine/...", "internal/flow/...", "internal/reconcile/...", "internal/store/..."},
		because: "a side offers records; what is done with them is decided inside",
	},
	{
		except:  []string{"internal/store/..."},
		never:   []string{"database/sql", "database/sql/...", "modernc.org/sqlite", "github.com/jackc/pgx/...", "github.com/pressly/goose/..."},
		because: "the only SQL is the store's",
	},
	{
		except:  []string{"internal/queue"},
		never:   []string{"github.com/riverqueue/..."},
		because: "the queue alone knows River, so that another engine could take its place",
	},
	{
		who:     []string{"internal/span"},
		never:   []string{"internal/record", "internal/store", "internal/engine", "internal/auvo/...", "internal/omie/...", "internal/cli", "internal/web"},
		because: "a span says outcomes and names of ours; who knows no record can tell no collector what is in one",
	},
	{
		except:  []string{"internal/span/..."},
		never:   []string{"go.opentelemetry.io/..."},
		because: "what may be said on a span is kept in one place",
	},
	{
		except:  []string{"internal/identity/..."},
		never:   []string{"github.com/coreos/go-oidc/...", "golang.org/x/oauth2", "github.com/go-jose/..."},
		because: "what a provider of identities says is believed in one place",
	},
	{
		who:     []string{"internal/identity"},
		never:   []string{"internal/store", "internal/signin", "internal/web", "internal/cli"},
		because: "the provider says who somebody is; who comes in is the door's to decide",
	},
	{
		who:     []string{"internal/queue"},
		never:   []string{"internal/cli", "internal/web", "internal/flow", "internal/reconcile"},
		because: "the queue says when an account is worked, not what is done",
	},
	{
		who:     []string{"internal/alert", "internal/metrics"},
		never:   []string{"internal/cli", "internal/web", "internal/queue"},
		because: "who watches stands beside what does the work, and is called by it",
	},
	{
		who:     []string{"internal/api", "internal/token"},
		never:   []string{"internal/cli", "internal/web", "internal/queue"},
		because: "api stands around the operations, which others register; token is ground that the pages share",
	},
	{
		except:  []string{"internal/api"},
		never:   []string{"github.com/danielgtaylor/huma/..."},
		because: "how the API is served is kept in one place",
	},
	{
		except:  []string{"cmd/..."},
		never:   []string{"cmd/..."},
		because: "cmd wires everything and is imported by nobody",
	},
}

// required are imports without which the picture would not be this one.
var required = map[string][]string{
	"internal/auvo": {"internal/record", "internal/call"},
	"internal/omie": {"internal/record", "internal/call"},
}

// refusals says which imports of a package the table refuses, and why.
func refusals(who string, imports []string) []string {
	var found []string
	for _, r := range table {
		if !r.isFor(who) {
			continue
		}
		for _, path := range imports {
			if r.refuses(path) {
				found = append(found, fmt.Sprintf("%s imports %s: %s", who, path, r.because))
			}
		}
	}
	return found
}

// missing says which imports a package lacks.
func missing(who string, imports []string) []string {
	var found []string
	for _, path := range required[who] {
		if !slices.Contains(imports, path) {
			found = append(found, fmt.Sprintf("%s does not import %s", who, path))
		}
	}
	return found
}

func (r rule) isFor(who string) bool {
	return (len(r.who) == 0 || matches(r.who, who)) && !matches(r.except, who)
}

func (r rule) refuses(path string) bool {
	return matches(r.never, path) && !matches(r.but, path) || (len(r.only) > 0 && !matches(r.only, path))
}

func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if pattern == std {
			return isStandard(path)
		}
		tree, below := strings.CutSuffix(pattern, "/...")
		return path == tree || (below && strings.HasPrefix(path, tree+"/"))
	})
}

// isStandard tells the standard library from modules, whose first part is a domain, and from our own packages.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "internal" && first != "cmd"
}
