import ZaichikProtocol

extension Model {
    /// What is looked at in detail is asked for again with each update of the statistics, one answer after the other.
    mutating func inspectAgain() -> [Effect] {
        switch overlay {
        case .client(var inspection):
            guard !inspection.isAsked, inspection.problem == nil else { return [] }
            inspection.isAsked = true
            overlay = .client(inspection)
            return [.link(.inspect(inspection.id))]
        case .session(var inspection):
            guard !inspection.isAsked, inspection.problem == nil else { return [] }
            inspection.isAsked = true
            overlay = .session(inspection)
            return [.link(.inspectSession(inspection.name))]
        case .topic(var inspection):
            guard !inspection.isAsked, inspection.problem == nil, let name = try? TopicName(inspection.name) else {
                return []
            }
            inspection.isAsked = true
            overlay = .topic(inspection)
            return [.link(.inspectTopic(name))]
        case .message: return readRest()
        case .help, .list, .settings, .columns, .screen, nil: return []
        }
    }

    /// Whether what is looked at in detail has been told, or cannot be.
    var isInspectionAnswered: Bool {
        switch overlay {
        case .client(let inspection): !inspection.isAsked
        case .session(let inspection): !inspection.isAsked
        case .topic(let inspection): !inspection.isAsked
        case .help, .message, .list, .settings, .columns, .screen, nil: false
        }
    }

    mutating func closeInspection() -> [Effect] {
        overlay = nil
        return []
    }

    /// Keeps the payload of the message that is looked at laid out for the width and the format of the moment.
    mutating func layOutPayload() {
        guard case .message(var inspection) = overlay, case .message(let message) = inspection.entry.content else {
            return
        }
        let columns = OverlayArea(layout).inside.width
        guard inspection.payload.map({ !$0.shows(inspection, message, columns: columns) }) ?? true else { return }
        inspection.payload = PayloadLayout(message, inspection, columns: columns)
        overlay = .message(inspection)
    }

    mutating func showDetail(_ id: UInt64, _ detail: ClientDetail?, _ problem: String?) {
        guard case .client(var inspection) = overlay, inspection.id == id else { return }
        inspection.isAsked = false
        if let detail { inspection.detail = detail }
        inspection.problem = problem
        overlay = .client(inspection)
    }

    mutating func showSession(_ name: String, _ detail: SessionDetail?, _ problem: String?) {
        guard case .session(var inspection) = overlay, inspection.name == name else { return }
        inspection.isAsked = false
        if let detail { inspection.detail = detail }
        inspection.problem = problem
        overlay = .session(inspection)
    }

    mutating func showTopic(_ name: String, _ detail: TopicDetail?, _ problem: String?) {
        guard case .topic(var inspection) = overlay, inspection.name == name else { return }
        inspection.isAsked = false
        if let detail {
            inspection.detail = detail
            inspection.row = detail.topic
        }
        inspection.problem = problem
        overlay = .topic(inspection)
    }
}
