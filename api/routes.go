package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/sync/record"
)

// callers says who may call a route. What a caller then sees of units and records is sync/access's to say.
type callers struct {
	name     string
	signedIn bool
	reading  bool          // another program, with a read token
	roles    []record.Role // one of them, at any unit; none named: any account
}

var (
	anybody   = callers{name: "anybody"}
	signedIn  = callers{name: "signed in", signedIn: true}
	managing  = callers{name: "managers", signedIn: true, roles: []record.Role{record.Manager}}
	deciding  = callers{name: "reviewers and managers", signedIn: true, roles: []record.Role{record.Reviewer, record.Manager}}
	everybody = callers{name: "anybody with a seat", signedIn: true,
		roles: []record.Role{record.Volunteer, record.Reviewer, record.Manager, record.Auditor}}
	auditing  = callers{name: "auditors", signedIn: true, roles: []record.Role{record.Auditor}}
	reading   = callers{name: "who has a read token", reading: true}
	recording = callers{name: "all but auditors", signedIn: true,
		roles: []record.Role{record.Volunteer, record.Reviewer, record.Manager}}
)

type route struct {
	method, path string
	who          callers
	handle       echo.HandlerFunc
}

// routes are all there are.
func (s *Server) routes() []route {
	return []route{
		{http.MethodPost, "/api/v1/login", anybody, s.login},
		{http.MethodPost, "/api/v1/refresh", anybody, s.refresh},
		{http.MethodPost, "/api/v1/logout", anybody, s.logout},
		{http.MethodPost, "/api/v1/password", anybody, s.changePassword},
		{http.MethodPost, "/api/v1/enrol/check", anybody, s.checkCode},
		{http.MethodPost, "/api/v1/enrol", anybody, s.enrol},
		{http.MethodGet, "/api/v1/me", signedIn, s.me},
		{http.MethodGet, "/api/v1/me/outcomes", signedIn, s.outcomes},

		// Which accounts are whose to look after is server/auth/authority.go's to say.
		{http.MethodGet, "/api/v1/accounts", managing, s.accounts},
		{http.MethodPost, "/api/v1/accounts", managing, s.openAccount},
		{http.MethodPost, "/api/v1/accounts/codes", managing, s.issueCodes},
		{http.MethodPost, "/api/v1/accounts/import/preview", managing, s.previewRoster},
		{http.MethodPost, "/api/v1/accounts/import", managing, s.importRoster},
		{http.MethodGet, "/api/v1/accounts/template", managing, s.rosterTemplate},
		{http.MethodGet, "/api/v1/accounts/export", managing, s.exportAccounts},
		{http.MethodGet, "/api/v1/accounts/:id", managing, s.account},
		{http.MethodPut, "/api/v1/accounts/:id/seats", managing, s.setSeats},
		{http.MethodPut, "/api/v1/accounts/:id/name", managing, s.setName},
		{http.MethodPut, "/api/v1/accounts/:id/open", managing, s.setOpen},
		{http.MethodPost, "/api/v1/accounts/:id/end-phone", managing, s.endPhone},
		{http.MethodPost, "/api/v1/accounts/:id/hand-over", managing, s.handOver},
		{http.MethodPost, "/api/v1/accounts/:id/receive", managing, s.receiveWork},

		// Totals for other programs: whose are whose to hand on is server/auth/readtokens.go's to say.
		{http.MethodGet, "/api/v1/read-tokens", managing, s.readTokens},
		{http.MethodGet, "/api/v1/read-tokens/export", managing, s.exportReadTokens},
		{http.MethodPost, "/api/v1/read-tokens", managing, s.makeReadToken},
		{http.MethodDelete, "/api/v1/read-tokens/:id", managing, s.endReadToken},
		{http.MethodGet, "/api/v1/open/units", reading, s.openUnits},
		{http.MethodGet, "/api/v1/open/indicators", reading, s.openIndicators},
		{http.MethodGet, "/api/v1/open/figures", reading, s.openFigures},

		// Of accounts within her reach, without names.
		{http.MethodGet, "/api/v1/audit", auditing, s.audit},
		{http.MethodGet, "/api/v1/audit/export", auditing, s.exportAudit},

		{http.MethodGet, "/api/v1/divisions", signedIn, s.divisions},
		{http.MethodGet, "/api/v1/catalogue", signedIn, s.catalogue},

		// Those of the city, whose forms are everybody's: sync/access says so.
		{http.MethodGet, "/api/v1/catalogue/own", managing, s.ownCatalogue},
		{http.MethodPut, "/api/v1/catalogue/own", managing, s.publishCatalogue},
		{http.MethodPost, "/api/v1/catalogue/check", managing, s.checkCatalogue},
		{http.MethodGet, "/api/v1/catalogue/history", managing, s.catalogueHistory},
		{http.MethodGet, "/api/v1/catalogue/history/export", managing, s.exportPublications},
		{http.MethodGet, "/api/v1/catalogue/export", managing, s.exportForms},

		// Who lost her last seat still sends what she recorded: the engine parks it.
		{http.MethodPost, "/api/v1/sync", signedIn, s.sync},
		{http.MethodPost, "/api/v1/sync/digest", signedIn, s.examine},
		{http.MethodGet, SnapshotPath + ":name", signedIn, s.snapshot},
		// What her records name is taken from her also where she has lost her last seat; who reads it is sync/access's to say.
		{http.MethodOptions, "/api/v1/attachments", anybody, s.attachmentOptions},
		{http.MethodPost, "/api/v1/attachments", signedIn, tus(s.beginAttachment)},
		{http.MethodHead, AttachmentPath + ":id", signedIn, tus(s.attachmentOffset)},
		{http.MethodPatch, AttachmentPath + ":id", signedIn, tus(s.takeAttachment)},
		{http.MethodGet, AttachmentPath + ":id", recording, s.attachment},
		// What waits for the caller herself, and what she tells those below her: server/notice says to whom.
		{http.MethodGet, "/api/v1/inbox", signedIn, s.inbox},
		{http.MethodPost, "/api/v1/inbox/read", signedIn, s.readInbox},
		{http.MethodGet, "/api/v1/push", signedIn, s.pushKey},
		{http.MethodPut, "/api/v1/push/subscription", signedIn, s.subscribe},
		{http.MethodDelete, "/api/v1/push/subscription", signedIn, s.unsubscribe},
		{http.MethodGet, "/api/v1/messages", deciding, s.messages},
		{http.MethodPost, "/api/v1/messages", deciding, s.sendMessage},
		{http.MethodGet, "/api/v1/messages/export", deciding, s.exportMessages},
		{http.MethodGet, "/api/v1/messages/:id", deciding, s.message},
		{http.MethodGet, "/api/v1/messages/:id/export", deciding, s.exportMessage},

		{http.MethodGet, "/api/v1/entries/:id", recording, s.entry},
		{http.MethodPost, "/api/v1/entries/:id/disclosure", deciding, s.disclose},
		{http.MethodGet, "/api/v1/urgent", deciding, s.urgent},
		{http.MethodGet, "/api/v1/overdue", deciding, s.overdue},
		{http.MethodGet, "/api/v1/stuck", deciding, s.stuck},
		{http.MethodGet, "/api/v1/stuck/export", deciding, s.exportStuck},
		{http.MethodGet, "/api/v1/receipts/:receipt", deciding, s.receipt},

		// Whose register is whose to keep and to take away is sync/access's to say.
		{http.MethodPost, "/api/v1/registers/import/preview", recording, s.previewRegister},
		{http.MethodPost, "/api/v1/registers/import", recording, s.importRegister},
		{http.MethodGet, "/api/v1/registers/export", recording, s.exportRegister},
		{http.MethodGet, "/api/v1/registers/template", recording, s.registerTemplate},

		{http.MethodGet, "/api/v1/totals", everybody, s.totals},
		{http.MethodGet, "/api/v1/totals/months", everybody, s.totalMonths},
		{http.MethodGet, "/api/v1/totals/export", everybody, s.exportTotals},
		{http.MethodGet, "/api/v1/totals/entries", recording, s.totalEntries},
		{http.MethodGet, "/api/v1/totals/entries/export", recording, s.exportEntries},
		{http.MethodPost, "/api/v1/totals/entries/disclosure", deciding, s.discloseFigure},
		{http.MethodGet, "/api/v1/dashboard", everybody, s.dashboard},
		{http.MethodGet, "/api/v1/dashboard/units", everybody, s.dashboardUnits},
		{http.MethodGet, "/api/v1/dashboard/map", everybody, s.dashboardMap},
		{http.MethodGet, "/api/v1/dashboard/silent", everybody, s.dashboardSilent},
		{http.MethodGet, "/api/v1/dashboard/waiting", recording, s.dashboardWaiting},
		// Of what waits, the list is for whom dashboard/waiting is.
		{http.MethodGet, "/api/v1/dashboard/export", everybody, s.exportDashboard},

		// Whose campaigns are whose to run, and what is told of them to whom, is sync/access's to say.
		{http.MethodGet, "/api/v1/campaigns", everybody, s.campaigns},
		{http.MethodGet, "/api/v1/campaigns/export", everybody, s.exportCampaigns},
		{http.MethodGet, "/api/v1/campaigns/drafts", managing, s.campaignDrafts},
		{http.MethodPut, "/api/v1/campaigns/drafts/:id", managing, s.putCampaignDraft},
		{http.MethodDelete, "/api/v1/campaigns/drafts/:id", managing, s.dropCampaignDraft},
		{http.MethodPost, "/api/v1/campaigns/drafts/:id/publish", managing, s.publishCampaign},
		{http.MethodPost, "/api/v1/campaigns/preview", managing, s.previewCampaign},
		{http.MethodPost, "/api/v1/campaigns/targets", managing, s.campaignTargets},
		{http.MethodPost, "/api/v1/campaigns/targets/import", managing, s.importTargets},
		{http.MethodGet, "/api/v1/campaigns/targets/template", managing, s.targetsTemplate},
		{http.MethodGet, "/api/v1/campaigns/:id", everybody, s.campaignProgress},
		{http.MethodGet, "/api/v1/campaigns/:id/export", everybody, s.exportCampaign},
		{http.MethodGet, "/api/v1/campaigns/:id/missing", recording, s.campaignMissing},
		{http.MethodGet, "/api/v1/campaigns/:id/missing/export", recording, s.exportMissing},
		{http.MethodPost, "/api/v1/campaigns/:id/extend", managing, s.extendCampaign},
		{http.MethodPost, "/api/v1/campaigns/:id/mend", managing, s.mendCampaign},
		{http.MethodGet, "/api/v1/campaigns/:id/changes", everybody, s.campaignChanges},
		{http.MethodGet, "/api/v1/campaigns/:id/changes/export", everybody, s.exportChanges},
		{http.MethodGet, "/api/v1/campaigns/:id/phones", managing, s.campaignPhones},
		{http.MethodGet, "/api/v1/campaigns/:id/phones/export", managing, s.exportPhones},
		{http.MethodPost, "/api/v1/campaigns/:id/close", managing, s.closeCampaign},
		{http.MethodPost, "/api/v1/campaigns/:id/copy", managing, s.copyCampaign},

		// Whose reports are whose to write, and what is told of them to whom, is sync/access's and sync/report's to say.
		{http.MethodGet, "/api/v1/reports", everybody, s.reports},
		{http.MethodPost, "/api/v1/reports", managing, s.makeReport},
		{http.MethodGet, "/api/v1/reports/notes", deciding, s.reportNotes},
		{http.MethodPost, "/api/v1/reports/notes", deciding, s.sendReportNote},
		{http.MethodDelete, "/api/v1/reports/notes/:id", deciding, s.takeBackReportNote},
		{http.MethodPost, "/api/v1/reports/past", managing, s.importPastFigures},
		{http.MethodGet, "/api/v1/reports/past/template", managing, s.pastFiguresTemplate},
		{http.MethodGet, "/api/v1/reports/:id", everybody, s.report},
		{http.MethodGet, "/api/v1/reports/:id/file", everybody, s.reportFile},
		{http.MethodPost, "/api/v1/reports/:id/file", managing, s.fillReportFile},
		{http.MethodPut, "/api/v1/reports/:id", managing, s.editReport},
		{http.MethodDelete, "/api/v1/reports/:id", managing, s.dropReport},
		{http.MethodGet, "/api/v1/reports/:id/versions", managing, s.reportVersions},
		{http.MethodPost, "/api/v1/reports/:id/override", managing, s.overrideFigure},
		{http.MethodPost, "/api/v1/reports/:id/renew", managing, s.renewReport},
		{http.MethodPost, "/api/v1/reports/:id/sign", managing, s.signReport},
		{http.MethodGet, "/api/v1/reports/:id/restatement", everybody, s.restatedReport},
		{http.MethodGet, "/api/v1/reports/:id/restatement/export", everybody, s.exportRestated},
		{http.MethodPost, "/api/v1/reports/:id/restatement", managing, s.restateReport},
		{http.MethodGet, "/api/v1/reports/:id/materials", managing, s.reportMaterials},
		{http.MethodGet, "/api/v1/entries/:id/case", deciding, s.entryCase},
		{http.MethodPut, "/api/v1/entries/:id/case", deciding, s.markCase},
		{http.MethodDelete, "/api/v1/entries/:id/case", deciding, s.unmarkCase},

		{http.MethodGet, "/healthz", anybody, s.healthz},
		{http.MethodGet, "/readyz", anybody, s.readyz},
	}
}

// beforePassword are the routes open to a session whose password somebody else has set and knows. What was recorded is
// taken even then; /sync gives no rows for it.
var beforePassword = map[string]bool{"/api/v1/me": true, "/api/v1/sync": true}

const (
	callerKey    = "caller"
	readTokenKey = "read token"
)

func callerOf(c echo.Context) *auth.Caller {
	who, _ := c.Get(callerKey).(*auth.Caller)
	return who
}

// allowed holds a route to its callers.
func (s *Server) allowed(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !r.who.signedIn && !r.who.reading {
			return r.handle(c)
		}
		scheme, token, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			if r.who.reading {
				return &record.Error{Code: record.BadToken}
			}
			return &record.Error{Code: record.Unauthenticated}
		}
		if r.who.reading {
			// One kind of token opens nothing of the other's.
			t, err := s.Auth.Reads(c.Request().Context(), strings.TrimSpace(token), c.RealIP())
			if err != nil {
				return err
			}
			c.Set(readTokenKey, t)
			return r.handle(c)
		}
		who, err := s.Auth.Authenticate(c.Request().Context(), strings.TrimSpace(token))
		if err != nil {
			return err
		}
		c.Set(callerKey, who)
		if who.Account.MustChange && !beforePassword[r.path] {
			return &record.Error{Code: record.MustChange}
		}
		if !r.who.admit(who.Actor) {
			return &record.Error{Code: record.Forbidden}
		}
		return r.handle(c)
	}
}

func (w callers) admit(a record.Actor) bool {
	if len(w.roles) == 0 {
		return true
	}
	for _, seat := range a.Seats {
		for _, role := range w.roles {
			if seat.Role == role {
				return true
			}
		}
	}
	return false
}
