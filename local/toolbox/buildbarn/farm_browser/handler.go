package main

import (
	"bytes"
	"embed"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/buildbarn/bb-storage/pkg/digest"
	http_server "github.com/buildbarn/bb-storage/pkg/http/server"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var (
	//go:embed templates
	files     embed.FS
	templates = template.Must(template.New("").Funcs(words).ParseFS(files, "templates/*.html"))
)

type page struct {
	store   *store
	actions *recentActions
	traces  *traces
	// Holds one for each page of an object that is being made.
	making chan struct{}
}

// How many pages of objects are made at a time: each takes the memory of what it shows.
const mostAtATime = 2

func newHandler(configured *configuration, store *store, actions *recentActions, traces *traces) http.Handler {
	p := &page{store, actions, traces, make(chan struct{}, mostAtATime)}
	pages := http.NewServeMux()
	pages.HandleFunc("/{$}", p.recent)
	for path, file := range map[string]string{
		"/style.css": "style.css",
		"/icon.svg":  "icon.svg",
		// Asked for by pages that name none: the scheduler's, Prometheus'.
		"/favicon.ico": "icon.svg",
	} {
		pages.HandleFunc(path, func(w http.ResponseWriter, request *http.Request) {
			http.ServeFileFS(w, request, files, "templates/"+file)
		})
	}
	pages.HandleFunc("/", p.object)
	pages.Handle(schedulerPrefix, schedulerProxy(configured))
	pages.Handle(figuresPrefix, figuresProxy(configured))
	return http_server.NewMetricsHandler(guarded(pages), "FarmBrowser")
}

// Refuses whatever would change something; names that are not this machine's, for another site's name that leads to this
// address would let that site's scripts read the page; and what another site's page asks for, but for a link that is followed.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Frame-Options", "DENY")
		if request.Method != http.MethodGet && request.Method != http.MethodHead {
			showError(w, http.StatusMethodNotAllowed, "The page only shows")
		} else if !isLocal(request.Host) {
			showError(w, http.StatusForbidden, "The page is shown at localhost alone")
		} else if !isAskedHere(request.Header) {
			showError(w, http.StatusForbidden, "The page is not shown within others")
		} else {
			next.ServeHTTP(w, request)
		}
	})
}

func isLocal(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	address := net.ParseIP(name)
	return name == "localhost" || address != nil && address.IsLoopback()
}

// Whether a browser asks for itself or for one of these pages; programs that are no browsers tell nothing of it.
func isAskedHere(header http.Header) bool {
	switch header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return header.Get("Sec-Fetch-Mode") == "navigate" && header.Get("Sec-Fetch-Dest") == "document"
}

func (p *page) recent(w http.ResponseWriter, request *http.Request) {
	actions, total := p.actions.list()
	show(w, http.StatusOK, "recent.html", struct {
		Actions []completed
		Total   int
	}{actions, total})
}

func (p *page) object(w http.ResponseWriter, request *http.Request) {
	ctx := request.Context()
	found, err := parseObject(request.URL.Path)
	if err == nil && found.kind != "file" {
		select {
		case p.making <- struct{}{}:
			defer func() { <-p.making }()
		case <-ctx.Done():
			return
		}
	}
	if err == nil {
		switch found.kind {
		case "action":
			var shown *actionPage
			if shown, err = p.action(ctx, found.digest); err == nil {
				show(w, http.StatusOK, "action.html", shown)
			}
		case "historical_execute_response":
			var shown *actionPage
			if shown, err = p.historicalAction(ctx, found.digest); err == nil {
				show(w, http.StatusOK, "action.html", shown)
			}
		case "directory", "tree":
			get := p.store.tree
			if found.kind == "directory" {
				get = p.store.directory
			}
			var shown *listing
			if shown, err = get(ctx, found.digest); err == nil {
				show(w, http.StatusOK, "directory.html", struct {
					Of      digest.Digest
					Listing *listing
				}{found.digest, shown})
			}
		case "file":
			err = p.file(w, request, found)
		default:
			err = status.Errorf(codes.NotFound, "No pages of the kind %#v", found.kind)
		}
	}
	if err != nil {
		s := status.Convert(err)
		showError(w, http_server.StatusCodeFromGRPCCode(s.Code()), s.Message())
	}
}

// How much of a file decides whether it is text.
const looked = 4096

// Sends a file as it is. What an action wrote is nobody's page: it never runs in this one's name.
func (p *page) file(w http.ResponseWriter, request *http.Request, of object) error {
	reader := p.store.cas.Get(request.Context(), of.digest).ToReader()
	defer reader.Close()
	first := make([]byte, looked)
	n, err := io.ReadFull(reader, first)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	kind := "application/octet-stream"
	if isText(first[:n]) {
		kind = "text/plain; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	if request.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(w, io.MultiReader(bytes.NewReader(first[:n]), reader)); err != nil {
		// Part of it has been sent: only ending the connection tells that there is more.
		log.Printf("%s: %s", request.URL.Path, err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// Whether bytes are text; their last character may be cut.
func isText(data []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(data); cut++ {
		if utf8.Valid(data[:len(data)-cut]) {
			return bytes.IndexByte(data, 0) < 0
		}
	}
	return false
}

// Shows a page of the farm's own: without scripts, and with nothing from elsewhere.
func show(w http.ResponseWriter, code int, name string, data any) {
	var text bytes.Buffer
	if err := templates.ExecuteTemplate(&text, name, data); err != nil {
		log.Printf("%s: %s", name, err)
		http.Error(w, "The page cannot be made: see its log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(code)
	w.Write(text.Bytes())
}

func showError(w http.ResponseWriter, code int, what string) {
	show(w, code, "error.html", struct{ Code, What string }{http.StatusText(code), what})
}
