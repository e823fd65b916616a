import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension StandardOutput {
    /// Writes a line with one JSON object.
    mutating func object(_ fields: (inout ByteBuffer) -> Void) {
        buffer.beginObject()
        fields(&buffer)
        buffer.endObject()
        buffer.writeInteger(UInt8(ascii: "\n"))
    }
}

extension Table.Cell {
    static func figure(_ value: UInt64, _ figure: some Figure) -> Table.Cell {
        .number(value, shown: FigureText.text(value, figure))
    }
}

extension FigureRow {
    /// Every figure under its name.
    func write(to buffer: inout ByteBuffer) {
        for figure in F.allCases { buffer.writeField(figure.name, self[figure]) }
    }
}

extension TopicStatistics {
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("name", name)
        buffer.writeField("id", UInt64(id))
        figures.write(to: &buffer)
        // Settings are named with hyphens, figures are not: they cannot collide.
        for tag in TopicSettings.Tag.allCases {
            switch tag {
            case .overflow: buffer.writeField(tag.name, settings.overflow.description)
            case .deduplicationScope: buffer.writeField(tag.name, settings.deduplicationScope.description)
            case .retention, .historyBytes, .historyCount, .limit, .deduplicationWindow:
                buffer.writeField(tag.name, settings[tag])
            }
        }
    }
}

extension ClientStatistics {
    /// - Parameter label: The name that tells the client from the others.
    func write(label: String, to buffer: inout ByteBuffer) {
        buffer.writeField("id", id)
        buffer.writeField("name", name)
        buffer.writeField("label", label)
        buffer.writeField("program", program)
        buffer.writeField("version", version)
        buffer.writeField("pid", pid)
        buffer.writeField("host", host)
        buffer.writeField("address", address)
        buffer.writeField("dialect", dialect.description)
        buffer.writeField("state", state.description)
        figures.write(to: &buffer)
    }
}

extension ClientTopicStatistics {
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("topic", topic)
        figures.write(to: &buffer)
    }
}
