package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var statics embed.FS

// assets are the address of each static file by name; it changes with the content.
var assets = func() map[string]string {
	out := map[string]string{}
	entries, err := statics.ReadDir("static")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		b, err := statics.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		out[e.Name()] = "/static/" + hex.EncodeToString(sum[:6]) + "/" + e.Name()
	}
	return out
}()

func asset(name string) string {
	address, ok := assets[name]
	if !ok {
		panic(fmt.Sprintf("web: there is no static file %q", name))
	}
	return address
}

// static serves the static files; their addresses never change meaning.
func static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		if assets[name] != r.URL.Path || strings.HasSuffix(name, ".txt") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeFileFS(w, r, statics, "static/"+name)
	})
}
