package reportfile

import (
	"fmt"
	"math"
	"time"

	"niangjia/sync/report"
)

const contentTypes = xmlHead + `<Types xmlns="` + nsTypes + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="` + typeWord + `document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="` + typeWord + `styles+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="` + typeWord + `settings+xml"/>` +
	`<Override PartName="/word/fontTable.xml" ContentType="` + typeWord + `fontTable+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="` + typeWord + `footer+xml"/>` +
	`<Override PartName="/word/footer2.xml" ContentType="` + typeWord + `footer+xml"/>` +
	`<Override PartName="/customXml/itemProps1.xml" ContentType="` + typeOffice + `customXmlProperties+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/docProps/app.xml" ContentType="` + typeOffice + `extended-properties+xml"/>` +
	`<Override PartName="/docProps/custom.xml" ContentType="` + typeOffice + `custom-properties+xml"/></Types>`

const packageRels = xmlHead + `<Relationships xmlns="` + nsRels + `"><Relationship Id="rId1" Type="` + relBase + `officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="` + relCore + `" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="` + relBase + `extended-properties" Target="docProps/app.xml"/>` +
	`<Relationship Id="rId4" Type="` + relBase + `custom-properties" Target="docProps/custom.xml"/></Relationships>`

const itemRels = xmlHead + `<Relationships xmlns="` + nsRels + `"><Relationship Id="rId1" Type="` + relBase + `customXmlProps" Target="itemProps1.xml"/></Relationships>`

const appPart = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Niangjia</Application></Properties>`

// corePart's times are the snapshot's: the file is the same whenever it is made.
func corePart(doc report.Document) string {
	at := time.UnixMilli(int64(doc.Mark.At)).UTC().Format("2006-01-02T15:04:05Z")
	return xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + esc(clean(doc.Title)) + `</dc:title><dc:creator>` + esc(clean(doc.Unit.Name)) + `</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`
}

// settingsPart: odd and even pages have their own footers; signs at a line's end are not squeezed; compatibility 15 keeps
// Word from opening the file in its mode for old ones.
const settingsPart = xmlHead + `<w:settings xmlns:w="` + nsW + `"><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>` +
	`<w:drawingGridVerticalSpacing w:val="280"/><w:characterSpacingControl w:val="compressPunctuation"/>` +
	`<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>` +
	`<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>`

// fontsPart says what to take where an office has the newer names: 仿宋 for 仿宋_GB2312.
func fontsPart() string {
	s := xmlHead + `<w:fonts xmlns:w="` + nsW + `">`
	for _, f := range [][2]string{{faceTitle, "宋体"}, {faceBody, "仿宋"}, {faceFirst, "SimHei"}, {faceKai, "楷体"}, {facePage, "SimSun"}} {
		s += `<w:font w:name="` + f[0] + `"><w:altName w:val="` + f[1] + `"/><w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>`
	}
	return s + `</w:fonts>`
}

// footerPart is the page number between two dashes, one character from the outer edge (7.5).
func footerPart(side string) string {
	field := func(body string) string { return `<w:r>` + body + `</w:r>` }
	return xmlHead + `<w:ftr xmlns:w="` + nsW + `" xmlns:r="` + nsR + `"><w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind` + ind(side, 1) + `/><w:jc w:val="` + side + `"/></w:pPr>` +
		field(`<w:t xml:space="preserve">— </w:t>`) + field(`<w:fldChar w:fldCharType="begin"/>`) + field(`<w:instrText xml:space="preserve"> PAGE </w:instrText>`) + field(`<w:fldChar w:fldCharType="separate"/>`) +
		field(`<w:t>1</w:t>`) + field(`<w:fldChar w:fldCharType="end"/>`) + field(`<w:t xml:space="preserve"> —</w:t>`) + `</w:p></w:ftr>`
}

func fonts(face string) string {
	return `<w:rFonts w:ascii="` + face + `" w:hAnsi="` + face + `" w:eastAsia="` + face + `" w:cs="` + face + `"/>`
}

// size is in half points.
func size(points float64) string {
	n := itoa(int(math.Round(points * 2)))
	return `<w:sz w:val="` + n + `"/><w:szCs w:val="` + n + `"/>`
}

// narrow brings 28 characters of 3号 into a line of 156 mm, for which they are a quarter of a point too wide each.
var narrow = `<w:spacing w:val="` + itoa(int(math.Floor((cell-bodySize)*20))) + `"/>`

// loose takes that back where characters are smaller or stand free.
const loose = `<w:spacing w:val="0"/>`

func exactLine(points float64) string {
	return `<w:spacing w:before="0" w:after="0" w:line="` + itoa(int(math.Round(points*20))) + `" w:lineRule="exact"/>`
}

// stylesPart: every look is a style, so that a clerk changes it in one place.
func stylesPart() string {
	para := func(id, name, next, pPr, rPr string) string {
		s := `<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/><w:basedOn w:val="Normal"/>`
		if next != "" {
			s += `<w:next w:val="` + next + `"/>`
		}
		return s + `<w:qFormat/><w:pPr>` + pPr + `</w:pPr><w:rPr>` + rPr + `</w:rPr></w:style>`
	}
	two := `<w:ind` + ind("firstLine", 2) + `/>` // each paragraph two characters in (7.3.3)
	edge := `<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`
	edges := ""
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		edges += fmt.Sprintf(edge, side)
	}
	small := fonts(faceBody) + loose + size(tableSize)
	return xmlHead + `<w:styles xmlns:w="` + nsW + `"><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(faceBody) + `<w:kern w:val="2"/>` + size(bodySize) + `<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/>` + exactLine(bodyPitch) + `<w:jc w:val="both"/></w:pPr><w:rPr>` + fonts(faceBody) + narrow + size(bodySize) + `</w:rPr></w:style>` +
		`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="57" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
		para("Title", "Title", "BodyText", `<w:keepNext/><w:snapToGrid w:val="0"/>`+exactLine(titlePitch)+`<w:jc w:val="center"/>`, fonts(faceTitle)+loose+size(titleSize)) +
		para("Draft", "Draft", "BodyText", `<w:jc w:val="center"/>`, fonts(faceKai)) +
		para("Heading1", "heading 1", "BodyText", `<w:keepNext/>`+two+`<w:outlineLvl w:val="0"/>`, fonts(faceFirst)) +
		para("Heading2", "heading 2", "BodyText", `<w:keepNext/>`+two+`<w:outlineLvl w:val="1"/>`, fonts(faceKai)) +
		para("BodyText", "Body Text", "", two, "") +
		para("Blank", "Blank", "BodyText", "", "") +
		para("AnnexList", "Annex List", "", "", "") +
		para("Signature", "Signature", "Date", `<w:keepNext/><w:jc w:val="right"/>`, "") +
		para("Date", "Date", "", `<w:jc w:val="right"/>`, "") +
		para("AnnexName", "Annex Name", "AnnexTitle", `<w:keepNext/><w:jc w:val="left"/>`, fonts(faceFirst)) +
		para("AnnexTitle", "Annex Title", "BodyText", `<w:keepNext/><w:snapToGrid w:val="0"/>`+exactLine(titlePitch)+`<w:jc w:val="center"/>`, fonts(faceTitle)+loose+size(titleSize)) +
		para("TableHead", "Table Head", "", `<w:keepNext/><w:snapToGrid w:val="0"/>`+exactLine(tablePitch)+`<w:jc w:val="center"/>`, fonts(faceFirst)+loose+size(tableSize)) +
		para("TableWords", "Table Words", "", `<w:snapToGrid w:val="0"/>`+exactLine(tablePitch)+`<w:jc w:val="left"/>`, small) +
		para("TableNumber", "Table Number", "", `<w:snapToGrid w:val="0"/>`+exactLine(tablePitch)+`<w:jc w:val="right"/>`, small) +
		para("TableNote", "Table Note", "", `<w:snapToGrid w:val="0"/>`+exactLine(tablePitch+2)+`<w:jc w:val="left"/>`, small) +
		para("AfterTable", "After Table", "", `<w:snapToGrid w:val="0"/>`+exactLine(4), size(2)) +
		para("Footer", "footer", "", `<w:snapToGrid w:val="0"/>`+exactLine(footerLine), fonts(facePage)+loose+size(numberSize)) +
		`<w:style w:type="character" w:styleId="FigureMark"><w:name w:val="Figure Mark"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>` +
		`<w:style w:type="table" w:styleId="FigureTable"><w:name w:val="Figure Table"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>` + edges + `</w:tblBorders></w:tblPr></w:style></w:styles>`
}
