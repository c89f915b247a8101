package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"go.yaml.in/yaml/v3"
)

// known are the names that a query may use, each with its labels.
func known(t *testing.T) map[string][]string {
	t.Helper()
	families, err := lively().Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{"up": {"job"}}
	for _, f := range families {
		var labels []string
		for _, pair := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, pair.GetName())
		}
		if f.GetType() == dto.MetricType_HISTOGRAM {
			out[f.GetName()+"_bucket"] = append([]string{"le"}, labels...)
			out[f.GetName()+"_count"], out[f.GetName()+"_sum"] = labels, labels
			continue
		}
		out[f.GetName()] = labels
	}
	return out
}

var (
	metricName  = regexp.MustCompile(`\bponte_[a-z0-9_]+`)
	grouping    = regexp.MustCompile(`\b(?:by|on)\s*\(([^)]*)\)`)
	selector    = regexp.MustCompile(`\{([^}]*)\}`)
	selected    = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)`)
	placeholder = regexp.MustCompile(`\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}`)
)

// check holds a query, and the text that shows its labels, against the registry.
func check(t *testing.T, where, expr, shown string, names map[string][]string) {
	t.Helper()
	labels := []string{"instance"} // which Prometheus adds
	for _, name := range metricName.FindAllString(expr, -1) {
		has, ok := names[name]
		if !ok {
			t.Errorf("%s: there is no metric %s", where, name)
		}
		labels = append(labels, has...)
	}
	var used []string
	for _, m := range grouping.FindAllStringSubmatch(expr, -1) {
		used = append(used, strings.Fields(strings.ReplaceAll(m[1], ",", " "))...)
	}
	for _, m := range selector.FindAllStringSubmatch(expr, -1) {
		for _, s := range selected.FindAllStringSubmatch(m[1], -1) {
			used = append(used, s[1])
		}
	}
	for _, m := range placeholder.FindAllStringSubmatch(shown, -1) {
		used = append(used, m[1])
	}
	if strings.HasPrefix(expr, "up{") {
		labels = append(labels, "job")
	}
	for _, l := range used {
		if !slices.Contains(labels, l) {
			t.Errorf("%s: none of the metrics in %q has a label %s", where, expr, l)
		}
	}
	if len(metricName.FindAllString(expr, -1)) == 0 && !strings.HasPrefix(expr, "up{") {
		t.Errorf("%s asks for no metric: %q", where, expr)
	}
	if strings.Count(expr, "(") != strings.Count(expr, ")") || strings.Count(expr, "{") != strings.Count(expr, "}") {
		t.Errorf("%s: brackets are left open in %q", where, expr)
	}
}

func TestTheAlertRulesAskForMetricsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("../../deploy/prometheus/ponte.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary string }
			}
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	names, n := known(t), 0
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			n++
			if r.Alert == "" || r.Annotations.Summary == "" {
				t.Errorf("a rule says nothing: %+v", r)
			}
			check(t, r.Alert, r.Expr, r.Annotations.Summary, names)
		}
	}
	if n < 10 {
		t.Errorf("%d rules were read", n)
	}
}

func TestTheDashboardAsksForMetricsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("../../deploy/grafana/ponte.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
		Templating struct{ List []struct{ Query any } }
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	names, asked := known(t), string(text)
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			check(t, p.Title, target.Expr, target.LegendFormat, names)
		}
	}
	for _, g := range gauges { // what is worth telling is worth a look: on the board or in a rule
		rules, err := os.ReadFile("../../deploy/prometheus/ponte.rules.yml")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(asked+string(rules), "ponte_"+g.name) && !slices.Contains(unshown, g.name) {
			t.Errorf("ponte_%s stands on no board and in no rule", g.name)
		}
	}
	for _, v := range board.Templating.List {
		if q, ok := v.Query.(map[string]any); ok && names[metricName.FindString(q["query"].(string))] == nil {
			t.Errorf("a variable asks for %v", q)
		}
	}
}

// unshown are for who asks by hand.
var unshown = []string{
	"run_finished_timestamp_seconds", "run_complete", "waiting_ignored", "hints_open", "hook_heard_timestamp_seconds", "database_count_seconds",
}
