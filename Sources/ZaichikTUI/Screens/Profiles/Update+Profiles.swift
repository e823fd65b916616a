import ZaichikClient

extension Model {
    /// Why another profile cannot be chosen; nil if it can.
    var profileObstacle: String? {
        if broker.isDemo { return "the demo has a broker of its own" }
        return profiles.all.isEmpty ? "there are no profiles: 'profiles:' in \(profiles.file) has them" : nil
    }

    /// Offers the profiles in the palette.
    mutating func chooseProfile() {
        openPalette()
        prompt?.editor.text = "profile "
    }

    /// Leaves the broker for another one. What belongs to the old one goes; how this program is looked at stays.
    mutating func use(_ profile: Profile, now: Moment) -> [Effect] {
        if publish.waiting > 0 {
            say("\(publish.waiting) publishes are not answered yet: wait, or quit", bad: true, now)
            return []
        }
        var next = Model(
            size: size, address: profile.address.description, window: profile.window ?? CommitState.standardWindow,
            panes: panes.table)
        next.panes = panes
        next.utcOffset = utcOffset
        next.isMouseOn = isMouseOn
        next.palette = palette
        next.theme = theme
        for alert in screens.alerts.alerts { _ = next.screens.alerts.add(alert.rule) }
        next.lookBack(to: self)
        next.profiles = profiles
        next.profiles.current = profile
        next.isReadOnly = profile.isReadOnly || profiles.isAlwaysReadOnly
        next.broker.session = profile.session
        next.commits.isAutomatic = commits.isAutomatic
        // What is being written is not lost by going elsewhere.
        next.publish = publish
        next.publish.leaveBroker()
        self = next
        return [.connect(profile), .link(.watch(watchRequest))]
    }
}

extension Model {
    /// Takes over how panes are sorted, and whatever else they remember.
    fileprivate mutating func lookBack(to old: Model) {
        for pane in panes.table.panes { pane.content.restore(&self, pane.content.saved(old)) }
    }
}

extension PaletteCommand {
    static let profile = PaletteCommand(
        name: "profile", argument: "NAME", help: "leave this broker for another one of the configuration",
        offers: { $0.profiles.all.map(\.name) },
        about: { model, name in
            model.profiles.all.first { $0.name == name }.map { profile in
                profile.summary + (profile == model.profiles.current ? " (this one)" : "")
            }
        },
        obstacle: { $0.profileObstacle },
        run: { model, argument, now in
            guard let profile = model.profiles.all.first(where: { $0.name == argument }) else {
                let names = model.profiles.all.map(\.name).joined(separator: ", ")
                return .problem("there is no profile '\(argument)'; there are \(names)")
            }
            return .done(model.use(profile, now: now))
        })

    static let theme = PaletteCommand(
        name: "theme", argument: "NAME", help: "other colours", offers: { _ in ThemeName.allCases.map(\.rawValue) },
        about: { model, name in model.theme.rawValue == name ? "this one" : ThemeName(rawValue: name)?.about },
        run: { model, argument, _ in
            guard let theme = ThemeName(rawValue: argument) else {
                let names = ThemeName.allCases.map(\.rawValue).joined(separator: ", ")
                return .problem("there is no theme '\(argument)'; there are \(names)")
            }
            model.theme = theme
            return .done([.theme(theme)])
        })
}
