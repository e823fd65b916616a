import ZaichikProtocol
import ZaichikWords

/// A message to publish.
struct OutgoingMessage: Equatable, Sendable {
    var topic: TopicName
    /// nil if it has none.
    var key: String?
    /// Those that ask something of the broker among them.
    var headers: [OutgoingHeader] = []
    var body: [UInt8]
    /// The broker tells its way through every queue.
    var isTraced = false

    init(topic: TopicName, key: String?, headers: [OutgoingHeader] = [], body: [UInt8]) {
        (self.topic, self.key, self.headers, self.body) = (topic, key, headers, body)
    }

    init(topic: TopicName, key: String?, headers: [OutgoingHeader] = [], body: String) {
        self.init(topic: topic, key: key, headers: headers, body: Array(body.utf8))
    }
}

struct OutgoingHeader: Equatable, Sendable {
    var name: String
    var value: String
}

/// Headers as they are typed in one line: `color: grey; size: 3`. A `\` takes a semicolon or another `\` as it is.
enum HeaderLine {
    struct Problem: Error {
        var text: String
    }

    static func read(_ line: String) throws(Problem) -> [OutgoingHeader] {
        var headers: [OutgoingHeader] = []
        for part in parts(of: line) where !part.trimmed.isEmpty {
            let halves = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0]).trimmed
            guard halves.count == 2, !name.isEmpty, name.utf8.count <= Int(UInt16.max) else {
                throw Problem(
                    text: "'\(part.trimmed)' is no header: write a name, a colon and a value, such as color:grey")
            }
            headers.append(OutgoingHeader(name: name, value: String(halves[1]).trimmed))
        }
        return headers
    }

    static func text(_ headers: [(name: String, value: String)]) -> String {
        headers.map { "\($0.name): \(escaped($0.value))" }.joined(separator: "; ")
    }

    private static func parts(of line: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in line {
            if isEscaped {
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == ";" {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if character == ";" || character == "\\" { result += "\\" }
            result.append(character)
        }
    }
}

extension PublishForm {
    /// Why the form cannot be published, and the field with the fault.
    struct Problem: Error {
        var field: Field
        var text: String
    }

    /// The message with its templates filled in.
    ///
    /// - Parameter name: The topic's, which is checked already.
    mutating func message(to name: TopicName, now: Moment) throws(Problem) -> OutgoingMessage {
        var headers: [OutgoingHeader]
        do throws(HeaderLine.Problem) {
            headers = try HeaderLine.read(self[.headers].text)
        } catch {
            throw Problem(field: .headers, text: error.text)
        }
        for (field, header) in [(Field.delay, MessageHeader.delay), (.expiry, .expireAfter)] {
            guard let milliseconds = try time(field, header) else { continue }
            headers.append(OutgoingHeader(name: header.name, value: "\(milliseconds)"))
        }
        templates.begin(now)
        for index in headers.indices { headers[index].value = templates.filled(headers[index].value, now) }
        let key = templates.filled(self.key.text, now)
        let body = attachment?.bytes ?? Array(templates.filled(self.body.text, now).utf8)
        var message = OutgoingMessage(topic: name, key: key.isEmpty ? nil : key, headers: headers, body: body)
        message.isTraced = isTraced
        return message
    }

    private func time(_ field: Field, _ header: MessageHeader) throws(Problem) -> UInt64? {
        let text = self[field].text.trimmed
        guard !text.isEmpty else { return nil }
        guard let milliseconds = DurationText.milliseconds(text), header.range.contains(milliseconds) else {
            throw Problem(
                field: field, text: "'\(text)' is no time for the \(field.label): write it like 200ms, 30s or 1h30m")
        }
        return milliseconds
    }
}
