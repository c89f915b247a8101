package alert

import (
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
)

func TestATestMessageGoesToEveryReceiverOnce(t *testing.T) {
	a := config.Account{ID: "acme", Name: "ACME", Alerts: config.Alerts{Email: []string{"ana@acme.com.br", "bia@acme.com.br"}}}
	all := Try(a, true, "1", "Ana", "https://ponte.example.test/contas/acme", time.Now())
	keys := map[string]bool{}
	for _, m := range all {
		keys[m.Key] = true
		if !strings.Contains(m.Body, "Ana mandou esta mensagem") || !strings.Contains(m.Body, "https://ponte.example.test") || strings.Contains(m.Body, "kept apart") {
			t.Errorf("%s: %s", m.Key, m.Body)
		}
	}
	if len(all) != 3 || len(keys) != 3 || all[2].Channel != "webhook" {
		t.Errorf("messages = %+v", all)
	}
	if all := Try(config.Account{ID: "acme"}, false, "1", "Ana", "", time.Now()); len(all) > 0 {
		t.Errorf("nobody is told, and yet %+v", all)
	}
}

func TestAnAddressInsideIsRefusedBeforeItIsKept(t *testing.T) {
	for address, good := range map[string]bool{
		"https://hooks.example.com/T0/x": true, "https://8.8.8.8/x": true, "http://hooks.example.com/x": false, "ftp://x": false, "https://localhost/x": false, "https://a.localhost": false,
		"https://127.0.0.1/x": false, "https://10.1.2.3/x": false, "https://169.254.169.254/latest": false, "https://[::1]/x": false, "https://[fd00::1]/x": false, "https://[::ffff:10.0.0.1]/": false,
		"https://192.168.0.1:8443/": false, "https://100.64.0.1/": false, "://": false,
	} {
		if why := NewHook(false).Refuses(address); (why == "") != good {
			t.Errorf("%s: %q", address, why)
		}
	}
	if why := NewHook(true).Refuses("http://10.1.2.3/x"); why != "" {
		t.Errorf("where private addresses are let in: %q", why)
	}
}
