package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/server/campaign"
	"niangjia/server/publishing"
	rules "niangjia/sync/campaign"
	"niangjia/sync/record"
)

// answer is what a code becomes on the wire. The sentence tells the user what to do next; it never has internal detail.
type answer struct {
	status   int
	title    string
	sentence string
}

// answers has every code of the closed set. Most codes of single changes travel as outcomes inside a 200 and are
// here for the places where one of them ends a whole request.
var answers = map[record.Code]answer{
	record.Unreadable:        {422, "Unreadable", "这条记录损坏了，读不出来。请打开重新填写并保存。"},
	record.BadNumber:         {422, "Wrong number", "这一步的编号接不上，没有采用。请打开这条记录，再做一次。"},
	record.BadChain:          {422, "Broken chain", "这一步和前一步接不上，没有采用。请打开这条记录，再做一次。"},
	record.WrongType:         {422, "Wrong type", "这一项填的内容类型不对，请重新填写。"},
	record.UnknownField:      {422, "Unknown field", "表格里已经没有这一项。请更新程序后再保存一次。"},
	record.UnknownChoice:     {422, "Unknown choice", "这个选项已经取消，请另选一个。"},
	record.OutOfRange:        {422, "Out of range", "填的数超出了范围，请改正。"},
	record.TooLong:           {422, "Too long", "写得太长了，请删减一些。"},
	record.MissingField:      {422, "Missing field", "还有必填的内容没有填，请补上。"},
	record.CheckFailed:       {422, "Check failed", "有一项和别的项对不上，请按提示改好再提交。"},
	record.BadDate:           {422, "Bad date", "日期不对，请重新选择日期。"},
	record.ForeignUnit:       {403, "Foreign unit", "这个单位不归您管，请换成您自己的单位。"},
	record.ForeignHousehold:  {422, "Foreign household", "这一户不是本单位的，请选本单位的户。"},
	record.MissingEntity:     {404, "Missing record", "这条记录还没有传上来，请稍后再看。"},
	record.MissingReference:  {422, "Missing reference", "这条记录提到的户或人还没有传上来，传上来后会自动处理。"},
	record.MissingVersion:    {409, "Missing version", "您审核的那次修改还没有传上来，传上来后会自动处理。"},
	record.UnknownForm:       {422, "Unknown form", "服务器还不认识这种表格，更新后会自动处理。"},
	record.UnknownKind:       {422, "Unknown kind of change", "服务器的程序还不认识这种操作，更新后会自动处理。"},
	record.NoSeat:            {403, "No seat", "您现在不在这个单位任职。记录已经保存，请联系上级妇联。"},
	record.BehindParked:      {409, "Waiting", "前面的一条还在等待，等它处理好，这一条会自动处理。"},
	record.Superseded:        {409, "Superseded", "这条已被后来的内容代替，不用再处理。"},
	record.NotAllowed:        {403, "Not allowed", "您不能做这个操作。需要的话请联系上级妇联。"},
	record.IllegalTransition: {409, "Illegal transition", "这条记录的状态已经变了，不能这样操作。请刷新后再看。"},
	record.Exists:            {409, "Exists already", "已经有一个相同的了，请换一个。"},
	record.OwnEntry:          {403, "Own entry", "自己写的记录不能由自己审核，请让别的审核员审核。"},
	record.OpenConflict:      {409, "Open conflict", "有一项写了两个不同的内容，请先选定一个再通过。"},
	record.ReasonNeeded:      {403, "Reason needed", "这是敏感记录。要看内容，请先写明理由；记录人和她的审核员会知道。"},
	record.TooMany:           {422, "Too many", "一次最多看 20 条敏感记录。请选小一点的单位或短一点的时间。"},
	record.TooLarge:          {413, "Too large", "一次发送的内容太大，程序会分几次再发。"},
	record.Unauthenticated:   {401, "Not signed in", "登录已过期，请重新登录。手机里的记录都还在。"},
	record.Forbidden:         {403, "Forbidden", "您的账号不能查看这里的内容。"},
	record.NotFound:          {404, "Not found", "没有找到，可能已经删除，或者不归您查看。"},
	record.RateLimited:       {429, "Too many tries", "试的次数太多了，请过一会儿再试。"},
	record.UpgradeRequired:   {426, "Upgrade required", "程序太旧了，请联网更新后再用。手机里的记录都还在。"},
	record.Fork:              {409, "Fork", "这部手机的记录和服务器上的对不上，程序会自动重新整理再发送，不会丢。"},
	record.ForeignEpoch:      {403, "Foreign log", "这部手机的记录属于另一个账号，请用原来的账号登录后再发送。"},
	record.BadRequest:        {400, "Bad request", "发送的内容不对，请检查后再试。"},
	record.WrongPassword:     {401, "Wrong password", "账号或密码不对，请再输一次。忘了密码请找上级妇联重设。"},
	record.SessionEnded:      {401, "Session ended", "登录已失效，请重新登录。手机里的记录都还在。"},
	record.MustChange:        {403, "Password must be changed", "这个密码是别人设的，请先改成您自己的密码。手机里的记录都还在。"},
	record.WrongCode:         {401, "Wrong code", "开通码不对，请看清楚再输一次。还是不对，请管理员重新发一个。"},
	record.CodeUsed:          {409, "Code used", "这个开通码已经用过了。密码设好了就直接登录，没有设好请管理员重新发一个。"},
	record.CodeExpired:       {410, "Code expired", "这个开通码已经过期，请管理员重新发一个。"},
	record.Unsupported:       {415, "Unsupported", "服务器不认识这种格式，请更新程序后再试。"},
	record.Unavailable:       {503, "Unavailable", "服务器正忙，请过一会儿再试。手机里的记录都还在。"},
	record.ImportOpen:        {422, "Import not ready", "表格里还有要改正或者要选的地方，一条都没有导入。请看预览。"},
	record.ImportChanged:     {409, "Register changed", "名册刚刚有改动，一条都没有导入。请再看一遍预览。"},
	record.CatalogueChanged:  {409, "Definitions changed", "别人刚刚发布了新的表格设置，您的还没有发布。请先看看别人改了什么，再检查、发布。"},
	record.BadCatalogue:      {422, "Bad definitions", "表格设置还有不对的地方，没有发布，原来的照常使用。请按提示改好再发布。"},
	record.TooSlow:           {408, "Too slow", "网络太慢，没有传完。手机里的记录都还在，会自动再试。"},
	record.SnapshotGone:      {410, "File replaced", "要下载的记录已经有新的一份，程序会自动改为下载新的。"},
	record.BadFile:           {422, "Bad file", "这张照片或录音打不开，请重新拍一张、录一段。"},
	record.TooManyFiles:      {422, "Too many files", "这条记录的照片和录音太多了，请去掉一些。"},
	record.WrongOffset:       {409, "Wrong offset", "照片接着传的位置不对，程序会自动再传。"},
	record.WrongProtocol:     {412, "Wrong protocol", "程序太旧了，请联网更新后再用。手机里的照片都还在。"},
	record.BadDeadline:       {422, "Bad deadline", "截止日期要在开始日期当天或以后；延期要比原来的截止日期晚。请重新选日期。"},
	record.DeadlinePast:      {422, "Deadline past", "这个截止日期已经过了，请选今天或以后的日期。"},
	record.BadTarget:         {422, "Bad target", "目标要填大于 0 的整数，请改正。没有目标的单位不用填。"},
	record.ForeignTarget:     {422, "Foreign target", "有的单位不在您的单位下面，请去掉它的目标。"},
	record.TargetTwice:       {422, "Target twice", "有的单位定了两次目标，请留一个。"},
	record.BadFilter:         {422, "Bad filter", "统计的条件不对，请按表格里的项目重新选。"},
	record.UnknownFigure:     {422, "Unknown figure", "要统计的指标、表格或项目已经没有了，请重新选一个。"},
	record.NoTargetFigure:    {422, "Not a target", "比率和期末数不能定目标，请选次数、户数、人数或金额。"},
	record.NoHouseholds:      {422, "No households", "这些单位还没有户的名册，不能按户数分。请先导入名册，或者换一种分法。"},
	record.TooManyDrafts:     {422, "Too many drafts", "草稿太多了，请先删掉不用的草稿。"},
	record.CampaignClosed:    {409, "Campaign closed", "这个活动已经结束，不能再改。要再办，请复制一份重新发布。"},
	record.CampaignChanged:   {409, "Campaign changed", "别人刚刚改了这个活动，请重新打开再改。"},
	record.CampaignCounting:  {409, "Campaign being counted", "这个活动的数字正在重新统计，请过一会儿再来看。"},
	record.PeriodFuture:      {422, "Period in the future", "报告的时间还没有到，最多写到本月底。请重新选时间。"},
	record.BadLevel:          {422, "No report of this level", "村和省没有报告。请选市、县或乡镇。"},
	record.Recounting:        {409, "Counting anew", "指标刚改过，数字正在重新统计。请过几分钟再试。"},
	record.NoTemplate:        {422, "No template", "这一级单位还没有报告的模板，请找市里的管理员。"},
	record.ReportChanged:     {409, "Report changed", "别人刚刚改了这份报告，请重新打开再改。"},
	record.ReportSigned:      {409, "Report signed", "这份报告已经签发，不能再改。要更正，请另写一份。"},
	record.MarkForeign:       {409, "Another log", "这份报告不是这台服务器写的，不能核对。"},
	record.MarkLost:          {409, "Moment lost", "服务器恢复过，写这份报告时的一部分记录没有了，不能重新统计。"},
	record.BadToken:          {401, "Wrong read token", "读数口令不对，请核对是不是抄漏了。还是不对，请向给您口令的妇联管理员要一个新的。"},
	record.TokenEnded:        {401, "Read token ended", "这个读数口令已经停用或者过期，请向给您口令的妇联管理员要一个新的。"},
	record.TooManyTokens:     {422, "Too many read tokens", "这个单位的读数口令已经有二十个，请先停用不用的。"},
	record.Internal:          {500, "Internal error", "服务器出错了，请过一会儿再试。手机里的记录都还在。"},
}

// problem is an RFC 9457 document.
type problem struct {
	Type      string                 `json:"type"`
	Title     string                 `json:"title"`
	Status    int                    `json:"status"`
	Code      record.Code            `json:"code"`
	Detail    string                 `json:"detail"`
	Field     string                 `json:"field,omitempty"`
	RequestID string                 `json:"request_id,omitempty"`
	Problems  []wireCatalogueProblem `json:"problems,omitempty"` // of definitions
	Campaign  []wireCampaignProblem  `json:"campaign,omitempty"` // what is wrong with one
	Through   *int64                 `json:"through,omitempty"`
	Chain     *string                `json:"chain,omitempty"`
}

// retryAfter is what a busy server asks for; a limit on tries names its own time.
const retryAfter = 5

// code finds the code of any error. What no rule names is internal.
func code(err error) (c record.Code, field string) {
	var coded *record.Error
	var limited *auth.Limited
	var http_ *echo.HTTPError
	var tooMuch *http.MaxBytesError
	switch {
	case errors.As(err, &limited):
		return record.RateLimited, ""
	case errors.As(err, &coded):
		return coded.Code, coded.Field
	case errors.As(err, &tooMuch):
		return record.TooLarge, ""
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return record.Unavailable, ""
	case errors.As(err, &http_):
		switch http_.Code {
		case http.StatusNotFound, http.StatusMethodNotAllowed:
			return record.NotFound, ""
		case http.StatusRequestEntityTooLarge:
			return record.TooLarge, ""
		case http.StatusUnsupportedMediaType:
			return record.Unsupported, ""
		case http.StatusServiceUnavailable:
			return record.Unavailable, ""
		}
		if http_.Code < 500 {
			return record.BadRequest, ""
		}
	}
	return record.Internal, ""
}

// problemOf answers with the problem document of an error.
func (s *Server) problemOf(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	name, field := code(err)
	a, known := answers[name]
	if !known {
		name, a = record.Internal, answers[record.Internal]
	}
	if a.status >= 500 {
		s.log.LogAttrs(c.Request().Context(), levelError, "request failed", requestAttrs(c, errAttr(err))...)
	}
	p := problem{Type: "about:blank", Title: a.title, Status: a.status, Code: name, Detail: a.sentence, Field: field,
		RequestID: c.Response().Header().Get(echo.HeaderXRequestID)}
	var limited *auth.Limited
	h := c.Response().Header()
	switch {
	case errors.As(err, &limited):
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(max(1, limited.Wait.Seconds())))))
	case a.status == http.StatusServiceUnavailable:
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(retryAfter))
	case a.status == http.StatusUnauthorized:
		h.Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	var refused *publishing.Refused
	if errors.As(err, &refused) {
		p.Problems = problemsToWire(refused.Problems)
	}
	var wrong *campaign.Wrong
	var one *rules.Problem
	if errors.As(err, &wrong) {
		p.Campaign = campaignProblems(wrong.Problems)
	} else if errors.As(err, &one) {
		p.Campaign = campaignProblems([]rules.Problem{*one})
	}
	var fork *forked
	if errors.As(err, &fork) {
		p.Through, p.Chain = &fork.through, &fork.chain
	}
	h.Set(echo.HeaderContentType, "application/problem+json; charset=utf-8")
	h.Set(echo.HeaderCacheControl, "no-store")
	c.Response().WriteHeader(a.status)
	if c.Request().Method == http.MethodHead {
		return
	}
	if err := writeJSON(c.Response(), p); err != nil {
		s.log.LogAttrs(c.Request().Context(), levelInfo, "answer not delivered", requestAttrs(c, errAttr(err))...)
	}
}
