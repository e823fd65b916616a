/// Something a person can do. The ``KeyMap`` has the keys for it, where they hold, and the help.
enum Action: CaseIterable, Hashable, Sendable {
    // Everywhere
    case quit, interrupt, suspend, redraw, help
    // Panes
    case nextPane, previousPane, showPane, zoom, back
    // Moving
    case up, down, pageUp, pageDown, top, bottom, open
    // Tables
    case sortLeft, sortRight, reverse, filter, onlyBehind
    // Messages
    case subscribe, unsubscribe, toggleSubscription, follow, format, clear
    case search, nextMatch, previousMatch
    // Commits
    case automaticCommits, commitHere, commitAll, returnHere, parkHere, growWindow, shrinkWindow, setWindow, pauseWindow
    // Display
    case pauseDisplay, mouse
    // Publish
    case startPublish, leaveForm, send, readPublished, newLine, nextField, previousField, olderDraft, newerDraft
    // Typing
    case cursorLeft, cursorRight, cursorStart, cursorEnd, deleteBefore, deleteAfter, deleteWord, deleteAll
    // Acts
    case act, nextAct, previousAct, doAct, chooseAct, copyCommand, closeActs
    // Prompt
    case answer, cancel, nextStart, olderOffer, newerOffer
    // Events, alerts, traces, the heat-map
    case eventFilter, eventLevel, setAlert, traceMessage, heatFigure, heatLeft, heatRight
    // Time travel
    case travel, earlier, later, muchEarlier, muchLater, earliest, latest, slowDownBefore, slowDownAfter
    // Clients and Topics: lists, settings, tables
    case peek, showParked, showClosed, showKeys, mark, askOrigin, releaseParked, dropParked, copyRow
    case editSettings, mendTopic, newTopic, nextSetting, previousSetting, applySettings, copySettings
    case chooseColumns, changeColumn, toggleTotals
    // Messages screen
    case filterMessages, switchTopic, olderMessage, newerMessage, difference, foldMore, foldLess, copyMessage,
        export
    case editMessage, browse
    // Publish screen
    case chooseFile, openEditor, traced, loadGenerator, slowClients
    // Palette
    case palette, profiles
    // Tour
    case tour, endTour
}
