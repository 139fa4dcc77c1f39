package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"os"
	"strings"
)

// Where the pages of others are found on this one.
const (
	schedulerPrefix = "/scheduler/"
	figuresPrefix   = "/figures/"
)

// The scheduler's pages that only show: not those that drain workers and end actions.
var schedulerPages = []string{"", "drains", "invocation_children", "operation", "operations", "queued_operations", "workers"}

// Prometheus' addresses that the farm's console asks, and the console.
var figuresPages = []string{"consoles/farm.html", "api/v1/alerts", "api/v1/query", "api/v1/query_range"}

// Shows the scheduler's own pages, in the page's name.
func schedulerProxy(configured *configuration) http.Handler {
	return only(schedulerPrefix, schedulerPages, &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			out := request.Out
			out.URL.Scheme, out.URL.Host, out.Host = configured.Scheduler.URL.Scheme, configured.Scheduler.URL.Host, ""
			out.Header = http.Header{}
			token, err := os.ReadFile(configured.Scheduler.TokenFile)
			if err != nil {
				log.Print("No token for the scheduler: ", err)
			}
			out.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
		},
		ErrorHandler: absent("The scheduler does not answer"),
	})
}

// Shows the farm's console in Prometheus.
func figuresProxy(configured *configuration) http.Handler {
	return only(figuresPrefix, figuresPages, &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			out := request.Out
			out.URL.Scheme, out.URL.Host, out.Host = configured.FiguresURL.Scheme, configured.FiguresURL.Host, ""
			out.URL.Path = "/" + strings.TrimPrefix(out.URL.Path, figuresPrefix)
			out.Header = http.Header{}
		},
		ErrorHandler: absent("No Prometheus answers: monofarm:images.prometheus gives the farm one"),
	})
}

// Lets through what asks for one of these pages.
func only(prefix string, pages []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		for _, page := range pages {
			if request.URL.Path == prefix+page {
				next.ServeHTTP(w, request)
				return
			}
		}
		showError(w, http.StatusNotFound, "This page is not shown here")
	})
}

func absent(what string) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, request *http.Request, err error) {
		log.Printf("%s: %s", request.URL.Path, err)
		showError(w, http.StatusBadGateway, what)
	}
}
