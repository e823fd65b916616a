import NIOCore
import ZaichikProtocol

// Acts on queues.
extension LoopShard {
    func act(_ errand: ActErrand, onQueueOf subject: ActSubject) {
        let order = errand.order
        switch order.act {
        case .pause: pause(errand, subject)
        case .resume: resume(errand, subject)
        case .window: setWindow(errand, subject)
        case .skip, .purge: cut(errand, subject, then: nil)
        case .move: move(errand, subject)
        default: preconditionFailure("\(order.act) is not about a queue")
        }
    }

    // MARK: Pausing

    private func pause(_ errand: ActErrand, _ subject: ActSubject) {
        let values = errand.order.values
        let end = values.end(now: now)
        if !errand.order.isDryRun {
            let reader = reader(of: subject)
            reader.setPause(
                OperatorPause(by: errand.asker.introduction, reason: values.reason, since: now, until: end ?? 0))
            setAlarm(reader)
        }
        errand.done([subject.row])
    }

    private func resume(_ errand: ActErrand, _ subject: ActSubject) {
        guard subject.isPaused else { return errand.done([]) }
        if !errand.order.isDryRun { reader(of: subject).setPause(nil) }
        errand.done([subject.row])
    }

    /// A pause has come to the end that it was given.
    func pauseEnded(_ pause: OperatorPause, of reader: Reader) {
        core.log.tell(.pauseEnded) { LogEntry(ended: pause, of: reader, now: now) }
    }

    // MARK: The window

    private func setWindow(_ errand: ActErrand, _ subject: ActSubject) {
        let values = errand.order.values
        let connections = subject.connections
        guard !connections.isEmpty else {
            return errand.refuse(
                .badArgument, "nobody is attached to \(subject.description), and a window is a connection's")
        }
        if !errand.order.isDryRun {
            for connection in connections {
                connection.attachment.setWindow(
                    UInt32(clamping: values.window ?? 0), bytes: Int(clamping: values.windowBytes ?? 0))
                // How fast it was with the other window says nothing about this one.
                connection.reader.queue.counters.moves &+= 1
                connection.readerBecameReady()
            }
        }
        errand.done(connections.map { ActSubject.connection($0).ownRow })
    }

    // MARK: Taking messages out

    /// - Parameter last: What follows, when it is known what goes; nil if nothing does.
    private func cut(_ errand: ActErrand, _ subject: ActSubject, then last: ((Reader) -> Void)?) {
        let order = errand.order
        let reader = reader(of: subject)
        if let fault = fault(of: order, in: reader, request: errand.asker.request) {
            return errand.reply(.failure(fault))
        }
        let cut = QueueCut(
            order.extent, of: order.topics, takesReturned: order.act == .purge,
            isDryRun: order.isDryRun || last != nil)
        var row = subject.row
        reader.cut(cut)
        if !order.isDryRun { last?(reader) }
        finishInBackground(reader) { [self] in
            defer {
                queueChanged(reader)
                for owner in reader.owners { owner.readerBecameReady() }
            }
            guard !reader.isAbandoned else {
                return errand.refuse(.unknownClient, "\(subject.description) ended before it was done")
            }
            guard !cut.isTooScattered else {
                return errand.refuse(
                    .memoryFull,
                    """
                    the messages lie in more than \(Outstanding.mostPassed) stretches, more than a queue may pass over; \
                    nothing more was done. Purge what is below a sequence instead
                    """)
            }
            row.messages = cut.messages
            row.bytes = cut.bytes
            errand.done([row])
        }
    }

    /// What is wrong with a topic that is named; nil if nothing is.
    private func fault(of order: ActOrder, in reader: Reader, request: UInt32) -> FrameError? {
        guard let pattern = order.topics else { return nil }
        do throws(FrameError) {
            try reader.checkSeek(pattern, order.values.incarnation, in: core.registry, request: request)
            return nil
        } catch { return error }
    }

    private func move(_ errand: ActErrand, _ subject: ActSubject) {
        guard let topics = errand.order.topics, let start = errand.order.values.start else {
            preconditionFailure("a move is decoded with its topic and its start")
        }
        // It is measured what is passed over, and then moved.
        cut(errand, subject) { reader in _ = reader.seek(topics, to: start) }
    }

    /// The reader of a queue, which is made anew if it is folded.
    func reader(of subject: ActSubject) -> Reader {
        switch subject {
        case .connection(let connection): connection.reader
        case .session(let session): unfold(session)
        }
    }
}

extension ActOrder {
    /// Which messages an act takes out, or a move passes over.
    fileprivate var extent: QueueCut.Extent {
        if let count = values.count { return .next(count) }
        if let sequence = values.sequence { return .below(sequence) }
        if let time = values.time { return .before(time) }
        if let key = values.key { return .key(Array(key.readableBytesView)) }
        switch values.start {
        case .sequence(let sequence): return .below(sequence)
        case .time(let time): return .before(time)
        case .last(let count): return .allBut(count)
        case .earliest: return .below(0)
        case .new, .connection, .session, .lastOfEachKey, nil: return .all
        }
    }
}
