// Package report draws reports from the run document, and from nothing else:
// live on a console, and as JSON, JUnit XML, HTML and Markdown.
//
// Whatever a document says of the target is text from outside, and a document
// may come from a file that anybody wrote. So every text is cleaned once more
// when it is drawn: no control character reaches a terminal or a parser, and
// markup of each format is escaped.
package report
