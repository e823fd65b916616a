import NIOCore
import ZaichikProtocol
import ZaichikWords

/// The verdict on one queue, why, and what would help.
struct WhyReport {
    var detail: ClientDetail
    /// The name that tells it from others.
    var label: String
    /// What commands need to reach the same broker, such as ` --connect burrow:8889`; empty: nothing.
    var reach = ""
    var hasColours = false
    /// Those of a session; nil for a client.
    var settings: SessionSettings?

    func lines(width: Int?) -> [String] {
        let client = detail.client
        let title = "\(SafeText.escaped(label)): \(StateText.word(client.state))"
        let isLoud = hasColours && client.state == .losing
        var lines = TextWidth.wrap(title, width ?? .max).map { isLoud ? Loudness.loud($0) : $0 }
        lines += TextWidth.words(SafeText.escaped(ClientVerdict.sentence(detail)), columns: width ?? .max)
        let remedies = remedies
        guard !remedies.isEmpty else { return lines }
        lines += ["", "WHAT WOULD HELP"]
        for remedy in remedies {
            lines += TextWidth.words(SafeText.escaped(remedy.text), columns: width.map { max($0 - 2, 1) } ?? .max).map {
                "  " + $0
            }
            // On a line of its own, whole, so that it can be copied.
            if let command = remedy.command { lines.append("    " + SafeText.escaped(command)) }
        }
        return lines
    }

    private var remedies: [Remedy] {
        Remedy.list(detail, settings: settings).map { Remedy($0.text, command: $0.command.map { $0 + reach }) }
    }

    /// The fields of a JSON object.
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("id", detail.client.id)
        buffer.writeField("name", detail.client.name)
        buffer.writeField("label", label)
        buffer.writeField("state", detail.client.state.description)
        buffer.writeField("verdict", ClientVerdict.sentence(detail))
        buffer.writeField("evidence", object: detail.evidence.write)
        buffer.writeField("remedies", list: remedies) { remedy, buffer in
            buffer.writeField("text", remedy.text)
            if let command = remedy.command {
                buffer.writeField("command", command)
            } else {
                buffer.writeNull("command")
            }
        }
    }
}

extension Evidence {
    /// Those fields that are known, under their names.
    func write(to buffer: inout ByteBuffer) {
        for (name, value) in named {
            switch value {
            case .number(let number): buffer.writeField(name, number)
            case .text(let text): buffer.writeField(name, text)
            }
        }
    }
}
