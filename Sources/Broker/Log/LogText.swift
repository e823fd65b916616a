import Logging

extension Logger.MetadataValue {
    /// A text that a peer has chosen, or that quotes one: in quotes and escaped, so that it cannot pass for anything
    /// else in the log.
    static func quoted(_ text: String) -> Self { .string(text.debugDescription.replacing("\\'", with: "'")) }
}
