import Logging

extension Logger.MetadataValue {
    /// A text that a peer has chosen, or that quotes one: in quotes and escaped, so that it cannot pass for anything
    /// else in the log.
    static func quoted(_ text: String) -> Self { .stringConvertible(QuotedText(text: text)) }
}

/// Such a text: as it is for an event, in quotes and escaped for the log.
struct QuotedText: CustomStringConvertible, Equatable, Sendable {
    let text: String

    var description: String { text.debugDescription.replacing("\\'", with: "'") }
}
