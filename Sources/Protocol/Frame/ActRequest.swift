import NIOCore

/// An act with what it is to be done to: the body of ACT.
public struct ActRequest: Equatable, Sendable {
    public var act: Act
    /// Whether nothing is to be changed: the answer tells what would go.
    public var isDryRun: Bool
    /// The client whose queue or connection is meant; 0: none.
    public var client: UInt64
    /// The session, topic or pattern that is meant; empty: none.
    public var name: String
    public var values: ActValues

    public init(
        _ act: Act, client: UInt64 = 0, name: String = "", values: ActValues = ActValues(), isDryRun: Bool = false
    ) {
        self.act = act
        self.isDryRun = isDryRun
        self.client = client
        self.name = name
        self.values = values
    }

    /// Bit 0 of the flags: a dry run.
    private static let dryRun: UInt16 = 1

    /// The act is checked against its row in the table: whom it names, and which fields it has.
    init(_ body: inout FrameBody) throws(FrameError) {
        let number: UInt16 = try body.integer()
        guard let act = Act(rawValue: number) else {
            throw body.badArgument("act \(number) is none that this broker knows")
        }
        let flags: UInt16 = try body.integer()
        guard flags & ~Self.dryRun == 0 else {
            throw body.badArgument("flags \(flags) have a bit that this broker does not know; bit 0 is a dry run")
        }
        let client: UInt64 = try body.integer()
        let name = try body.string(Int(body.header.short))
        self.init(
            act, client: client, name: name, values: try ActValues(&body, of: act), isDryRun: flags & Self.dryRun != 0)
        if let fault = fault { throw body.badArgument(fault) }
    }

    /// What is wrong with whom it names and with its fields, and what would be right; nil if nothing is.
    public var fault: String? { subjectFault ?? act.fault(of: Set(values.fields)) }

    private var subjectFault: String? {
        switch act.subject {
        case .queue, .connection:
            guard (client == 0) == name.isEmpty else { return nil }
            let whom = "a client's id or a session's name"
            return client == 0 ? "\(act) needs \(whom), and this has neither" : "\(act) needs \(whom), and not both"
        case .topic:
            guard client == 0 else { return "\(act) is about a topic, and client \(client) is none" }
            return name.isEmpty ? "\(act) needs a topic's name or a pattern" : nil
        case .broker:
            return client == 0 && name.isEmpty ? nil : "\(act) is about the broker, so it has no client and no name"
        }
    }

    func write(to buffer: inout ByteBuffer, request: UInt32) {
        buffer.writeFrame(type: ClientOpcode.act.rawValue, short: name.utf8.count) { buffer in
            buffer.writeLittle(request)
            buffer.writeLittle(act.rawValue)
            buffer.writeLittle(isDryRun ? Self.dryRun : 0)
            buffer.writeLittle(client)
            buffer.writeString(name)
            values.write(to: &buffer)
        }
    }
}

extension Act {
    /// What is wrong with a set of fields, and what would be right; nil if one of the forms has them.
    func fault(of fields: Set<ActField>) -> String? {
        let fields = fields.subtracting([.reason])
        guard !forms.contains(where: { $0.accepts(fields) }) else { return nil }
        let given = fields.isEmpty ? "no fields" : Act.list(fields.sorted { $0.rawValue < $1.rawValue })
        return "\(self) cannot be with \(given); right would be: \(formText)"
    }

    /// Its forms in words, such as `count [topic], or time [topic]`.
    public var formText: String {
        forms.map { form in
            let needed = form.needed.isEmpty ? "nothing" : Act.list(form.needed)
            return form.allowed.isEmpty ? needed : "\(needed) [\(Act.list(form.allowed))]"
        }.joined(separator: ", or ")
    }

    private static func list(_ fields: [ActField]) -> String { fields.map(\.name).joined(separator: " and ") }
}

extension Act.Form {
    fileprivate func accepts(_ fields: Set<ActField>) -> Bool {
        fields.isSuperset(of: needed) && fields.isSubset(of: needed + allowed)
    }
}
