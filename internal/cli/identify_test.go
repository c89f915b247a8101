package cli

import (
	"strings"
	"testing"
)

func TestAPublicAddressIsHTTPSOrThisMachines(t *testing.T) {
	for address, says := range map[string]string{
		"": "", "https://ponte.example.com": "", "http://127.0.0.1:8080": "", "http://localhost:8080": "", "http://[::1]:8080/": "",
		"http://ponte.example.com": "set its https:// address", "http://192.168.0.9:8080": "set its https:// address", "http://localhost.evil.test": "set its https:// address",
		"http://127.0.0.1.evil.test": "set its https:// address", "http://0.0.0.0:8080": "set its https:// address",
		"ponte.example.com": "must be an address", "ftp://ponte.example.com": "must be an address", "https://": "must be an address",
	} {
		err := globals{PublicURL: address}.safeForBrowsers()
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", address, err)
		}
	}
}
