package alert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"ponte/internal/alert/alerttest"
	"ponte/internal/config"
	"ponte/internal/store"
)

var letter = store.Message{Account: "acme", Seq: 3, Key: "alert/1/email/ana@acme.test", Channel: "email", To: "ana@acme.test", Subject: "[Ponte] ACME: não é lido", Body: "Açúcar.\n", Made: now}

func mailTo(box *alerttest.Mailbox) Mail {
	return Mail{Server: config.NewSecret("smtp://" + box.Address), From: "ponte@acme.test"}
}

func TestALetterReachesARealMailServer(t *testing.T) {
	box := alerttest.NewMailbox(t)
	for range 2 { // an attempt and its repeat are told to be one letter
		if err := mailTo(box).send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	all := box.Letters()
	if len(all) != 2 || all[0].From != "ponte@acme.test" || all[0].To != "ana@acme.test" {
		t.Fatalf("%+v", all)
	}
	for _, l := range all {
		for _, want := range []string{"Message-ID: <" + deliveryID(letter) + "@ponte>", "Auto-Submitted: auto-generated", "Subject: =?UTF-8?q?[Ponte]_ACME:_n=C3=A3o", "A=C3=A7=C3=BAcar."} {
			if !strings.Contains(l.Text, want) {
				t.Errorf("%q is missing in\n%s", want, l.Text)
			}
		}
	}
}

func TestAReceiverThatIsRefusedForGoodIsNotTriedAgain(t *testing.T) {
	box := alerttest.NewMailbox(t)
	for status, forGood := range map[int]bool{550: true, 450: false} {
		box.Refuse["ana@acme.test"] = &smtp.SMTPError{Code: status, EnhancedCode: smtp.EnhancedCode{status / 100, 1, 1}, Message: "no such user"}
		err := mailTo(box).send(t.Context(), letter)
		if err == nil || errors.Is(err, errForGood) != forGood {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestNothingLeavesThisMachineButUnderTLS(t *testing.T) {
	box := alerttest.NewMailbox(t) // offers no STARTTLS
	_, port, err := net.SplitHostPort(box.Address)
	if err != nil {
		t.Fatal(err)
	}
	// Both addresses lead here; only the first is this machine's for everybody.
	for host, sent := range map[string]bool{"127.0.0.1": true, outward(t): false} {
		before := len(box.Letters())
		m := Mail{Server: config.NewSecret("smtp://" + host + ":" + port), From: "ponte@acme.test"}
		err := m.send(t.Context(), letter)
		if (err == nil) != sent || (len(box.Letters()) > before) != sent || (err != nil && !strings.Contains(err.Error(), "STARTTLS")) {
			t.Errorf("to %s: %v", host, err)
		}
	}
}

// outward is an address of this machine that others reach too.
func outward(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback")
	return ""
}

func TestALetterGoesUnderTLSWhereTheServerOffersIt(t *testing.T) {
	cert, pool := certificate(t)
	box := alerttest.NewMailbox(t, func(s *smtp.Server) { s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}} })
	m := mailTo(box)
	if err := m.send(t.Context(), letter); err == nil {
		t.Error("a certificate that nobody vouches for was taken")
	}
	m.TLS = &tls.Config{RootCAs: pool, ServerName: "mail.test"}
	if err := m.send(t.Context(), letter); err != nil || len(box.Letters()) != 1 {
		t.Errorf("%v", err)
	}
}

func TestSettingsThatCannotSendAreRefusedWithoutTheirPassword(t *testing.T) {
	for server, from := range map[string]string{
		"http://ponte:canary@mail.test": "ponte@acme.test", "smtp://": "ponte@acme.test", "smtp://ponte:canary@mail.test:587": "nobody", "smtp://x:canary@mail.test:%zz": "p@a.test",
	} {
		err := Mail{Server: config.NewSecret(server), From: from}.Check()
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s, %s: %v", server, from, err)
		}
	}
	if err := (Mail{}).Check(); err != nil {
		t.Error(err)
	}
}

func hook(url string) config.Webhook {
	return config.Webhook{URL: config.NewSecret(url), Secret: config.NewSecret("0123456789abcdef")}
}

func TestAWebhookIsCalledOnceAndSigned(t *testing.T) {
	w := alerttest.NewWebhook(t)
	m := letter
	m.Body = `{"kind":"alert"}`
	if err := NewHook(true).send(t.Context(), m, hook(w.URL)); err != nil {
		t.Fatal(err)
	}
	calls := w.Calls()
	if len(calls) != 1 || calls[0].Body != m.Body || calls[0].Header.Get("Ponte-Delivery") != deliveryID(m) {
		t.Fatalf("%+v", calls)
	}
	said := calls[0].Header.Get("Ponte-Signature")
	at := time.Now()
	signed := false
	for back := range 5 {
		signed = signed || said == Sign("0123456789abcdef", at.Add(-time.Duration(back)*time.Second), m.Body)
	}
	if !signed || said == Sign("another-secret-16", at, m.Body) {
		t.Errorf("the signature is %s", said)
	}
}

func TestWhatAWebhookAnswersSaysWhetherToRepeat(t *testing.T) {
	for status, forGood := range map[int]bool{500: false, 503: false, 429: false, 408: false, 404: true, 410: true, 401: true, 302: false} {
		w := alerttest.NewWebhook(t, status)
		err := NewHook(true).send(t.Context(), letter, hook(w.URL+"/T0/canary"))
		if err == nil || errors.Is(err, errForGood) != forGood || strings.Contains(err.Error(), "canary") {
			t.Errorf("%d: %v", status, err)
		}
		if n := len(w.Calls()); n != 1 {
			t.Errorf("%d: %d calls; a redirect is not followed", status, n)
		}
	}
}

func TestAWebhookLeadsNowhereIntoTheNetworkThatPonteStandsIn(t *testing.T) {
	w := alerttest.NewWebhook(t)
	for _, address := range []string{
		strings.Replace(w.URL, "http://", "https://", 1),                                               // loopback
		strings.Replace(strings.Replace(w.URL, "http://", "https://", 1), "127.0.0.1", "localhost", 1), // a name that leads there
		w.URL, // no https
	} {
		err := NewHook(false).send(t.Context(), letter, hook(address))
		if !errors.Is(err, errForGood) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if n := len(w.Calls()); n != 0 {
		t.Errorf("%d calls", n)
	}
	for address, public := range map[string]bool{
		"127.0.0.1:443": false, "10.1.2.3:443": false, "192.168.0.1:443": false, "172.16.9.9:443": false, "169.254.169.254:80": false, "100.64.0.1:443": false,
		"0.0.0.0:443": false, "224.0.0.1:443": false, "255.255.255.255:443": false, "[::1]:443": false, "[fe80::1]:443": false, "[fd00::1]:443": false, "[::]:443": false,
		"[::ffff:10.0.0.1]:443": false, "[64:ff9b::a00:1]:443": false, "[2002:a00:1::]:443": false, "nonsense": false,
		"[fec0::1]:443": false, "[::10.0.0.1]:443": false, "[::8.8.8.8]:443": false, "8.8.8.8:443": true, "[2606:4700::1111]:443": true,
	} {
		if got := onlyPublic(address) == nil; got != public {
			t.Errorf("%s is public: %v", address, got)
		}
	}
}

// certificate is one for mail.test, and who vouches for it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, DNSNames: []string{"mail.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
