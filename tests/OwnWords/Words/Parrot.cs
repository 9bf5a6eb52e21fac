using Microsoft.Extensions.AI;
using TaskDsl.Clients.Asking;
using TaskDsl.Vocabulary;

namespace OwnWords.Words;

/// <summary>Says always the same.</summary>
[Keyword("parrot")]
public sealed record Parrot : Client
{
    /// <summary>What it says.</summary>
    [Shorthand]
    public required string Says { get; init; }

    /// <inheritdoc/>
    public override IChatClient Open(ClientOptions options) => new Bird(Says);

    private sealed class Bird(string says) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, says)));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        ) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
