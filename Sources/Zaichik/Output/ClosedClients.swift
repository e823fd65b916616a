import NIOCore
import ZaichikProtocol
import ZaichikWords

/// The table of clients that were connected.
enum ClosedTable {
    private static let columns: [ClientFigure] = [
        .lagMessages, .gapMessages, .publishedMessages, .deliveredMessages, .committedMessages, .connectedAt,
    ]
    private static let important =
        ["name", "closed", "reason", "state"] + columns.map(\.name) + ["id", "session", "address", "host", "program"]

    /// - Parameter time: Writes a time in µs since 1970 UTC.
    static func make(_ rows: [ClosedClient], time: (UInt64) -> String) -> Table {
        var table = Table(
            head: ["id", "name", "closed", "state"] + columns.map(\.name)
                + ["reason", "session", "program", "host", "address"], important: important)
        table.rows = rows.map { row in
            let client = row.client
            return [
                .number(client.id), .text(client.name), .number(row.closedAt, shown: time(row.closedAt)),
                .state(client.state),
            ] + columns.map { .figure(client[$0], $0, time) }
                + [
                    .text(row.reason), .text(client.session), .text(client.program), .text(client.host),
                    .text(client.address),
                ]
        }
        return table
    }
}

extension ClosedClient {
    func write(to buffer: inout ByteBuffer) {
        client.write(label: client.name.isEmpty ? "#\(client.id)" : client.name, to: &buffer)
        buffer.writeField("closed_at_us", closedAt)
        buffer.writeField("reason", reason)
        if code > 0 { buffer.writeField("code", UInt64(code)) } else { buffer.writeNull("code") }
        buffer.writeField("history", object: history.write)
    }

    /// As a person reads it.
    ///
    /// - Parameter time: Writes a time in µs since 1970 UTC.
    func lines(width: Int?, time: @escaping (UInt64) -> String) -> [String] {
        let title = "\(SafeText.escaped(client.name))#\(client.id): closed \(time(closedAt))"
        var lines = TextWidth.wrap(title, width ?? .max)
        lines += TextWidth.words(SafeText.escaped("It is gone: \(reason)."), columns: width ?? .max)
        lines += TextWidth.words(
            "It was \(StateText.word(client.state)); its figures are those of the moment before.",
            columns: width ?? .max)
        let detail = ClientDetail(client: client, subscriptions: [], topics: [])
        lines += ClientBlocks(detail: detail, time: time).figureLines(width: width)
        return lines + HistoryBlocks(history: history, time: time).lines(width: width)
    }
}

extension LagShares {
    /// As a person reads them.
    func lines(width: Int?) -> [String] {
        guard messages > 0 else { return ["", "PUBLISHERS OF WHAT IT IS BEHIND ON", "  there is nothing"] }
        var table = Table(head: ["publisher", "messages", "share"], important: ["publisher", "messages", "share"])
        table.rows = rows.map { row in
            [
                .text(row.name.isEmpty ? "#\(row.id)" : row.name), .number(row.messages),
                .number(row.messages, shown: percent(row.messages)),
            ]
        }
        if others > 0 {
            let count = publishers - UInt32(clamping: rows.count)
            table.rows.append([
                .text("\(count) others"), .number(others), .number(others, shown: percent(others)),
            ])
        }
        let cut = isCut ? ", AS FAR AS WAS LOOKED" : ""
        return TextBlock.lines("PUBLISHERS OF WHAT IT IS BEHIND ON\(cut)", table, width)
    }

    private func percent(_ part: UInt64) -> String {
        "\(Int((Double(part) / Double(max(messages, 1)) * 100).rounded())) %"
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("messages", messages)
        buffer.writeField("others_messages", others)
        buffer.writeField("publishers", UInt64(publishers))
        buffer.writeField("cut", isCut)
        buffer.writeField("shares", list: rows) { row, buffer in
            buffer.writeField("id", row.id)
            buffer.writeField("name", row.name)
            buffer.writeField("messages", row.messages)
        }
    }
}
