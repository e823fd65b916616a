import ArgumentParser
import ZaichikProtocol

/// Options that make headers of a message.
enum HeaderText {
    /// The longest name, in bytes.
    private static let longestName = Int(UInt16.max)

    /// Reads `NAME:VALUE`.
    static func read(_ text: String) throws -> Headers.Field {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= longestName else {
            throw ValidationError("a header is a name, a colon and a value, such as color:blue.")
        }
        return Headers.Field(String(parts[0]), String(parts[1]))
    }

    static func delay(_ text: String) throws -> Headers.Field { try time(.delay, text) }
    static func expiry(_ text: String) throws -> Headers.Field { try time(.expireAfter, text) }

    private static func time(_ header: MessageHeader, _ text: String) throws -> Headers.Field {
        let span = try TimeSpan.withUnit(text)
        guard header.range.contains(span.milliseconds) else {
            throw ValidationError("the time is from \(header.range.lowerBound) ms to ten years.")
        }
        return Headers.Field(header, milliseconds: span.milliseconds)
    }
}
