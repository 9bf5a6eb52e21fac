using TaskDsl.Prompts;

namespace TaskDsl.Clients.Asking;

/// <summary>What one says in a conversation.</summary>
/// <param name="Role">Who.</param>
/// <param name="Text">What.</param>
public sealed record ChatTurn(Role Role, string Text);
