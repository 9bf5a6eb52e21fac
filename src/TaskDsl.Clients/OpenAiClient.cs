using System.ClientModel;
using System.ClientModel.Primitives;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using TaskDsl.Clients.Asking;
using TaskDsl.Vocabulary;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace TaskDsl.Clients;

/// <summary>
/// Any server that speaks OpenAI's chat completions: OpenAI's own, vLLM, llama.cpp, Ollama and most others
/// (platform.openai.com/docs/api-reference/chat).
/// </summary>
[Keyword("openai")]
public sealed record OpenAiClient : Client
{
    /// <summary>
    /// The address that <c>/chat/completions</c> stands behind, as <c>https://api.openai.com/v1</c>. A key has no place in it.
    /// </summary>
    [RegularExpression(@"https?://[^\s/?#@]+(/[^\s?#@]*)?"), AlsoCalled("base_url", "url")]
    public required string Endpoint { get; init; }

    /// <summary>The model's name on that server.</summary>
    [Length(1, 1000)]
    public required string Model { get; init; }

    /// <summary>The environment variable that has the key, which is written nowhere. Default: the server asks for none.</summary>
    [DoesNotShape, RegularExpression("[A-Za-z_][A-Za-z0-9_]*"), AlsoCalled("api_key", "key")]
    public string? KeyFrom { get; init; }

    /// <summary>
    /// By which word the server is told <c>max_new_tokens</c>. Servers pass over a word that they do not know, and answer at any length.
    /// </summary>
    [DoesNotShape]
    public AnswerLimit Limit { get; init; }

    /// <summary>
    /// Whether the server is told the fields of an answer as a JSON schema, where the task's format is JSON: more answers parse, and not
    /// every server takes it.
    /// </summary>
    public bool JsonSchema { get; init; }

    /// <summary>How often a question is asked at most, where the server is busy, fails, does not answer or answers nonsense.</summary>
    [DoesNotShape, Range(1, 100), AlsoCalled("max_retries")]
    public int Attempts { get; init; } = 6;

    /// <summary>
    /// The seconds before a question is asked for the second time; twice as many each time after that. Where the server says how long to
    /// wait, that counts.
    /// </summary>
    [DoesNotShape, Range(0.001, 3600.0)]
    public double Wait { get; init; } = 2;

    /// <summary>The seconds that an answer may take.</summary>
    [DoesNotShape, Range(0.001, 86400.0), AlsoCalled("request_timeout")]
    public double Timeout { get; init; } = 120;

    /// <inheritdoc/>
    public override bool TakesSchema => JsonSchema;

    /// <inheritdoc/>
    public override string LimitAdvice =>
        Limit == AnswerLimit.MaxCompletionTokens
            ? "The server was told so as 'max_completion_tokens', which not every server knows; set 'limit: max_tokens'."
            : "The server was told so as 'max_tokens'; if it knows the newer word, set 'limit: max_completion_tokens'.";

    /// <inheritdoc/>
    public override void Check() => Key();

    /// <inheritdoc/>
    public override IChatClient Open(ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var key = Key();
        var http = new PatientHttp
        {
            Endpoint = new Uri(Endpoint),
            KeyFrom = KeyFrom,
            Key = key,
            Attempts = Attempts,
            Wait = TimeSpan.FromSeconds(Wait),
            Timeout = TimeSpan.FromSeconds(Timeout),
            IsAnswer = IsCompletion,
            Tell = options.Tell,
            Time = options.Time,
        }.Open();
        var settings = new OpenAIClientOptions
        {
            Endpoint = new Uri(Endpoint),
            Transport = new HttpClientPipelineTransport(http),
            // It is asked again below it, where the answer's body counts too.
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        return new Owner(new ChatClient(Model, new ApiKeyCredential(key ?? "none"), settings).AsIChatClient(), http, Limit);
    }

    private string? Key() =>
        KeyFrom is null ? null
        : Environment.GetEnvironmentVariable(KeyFrom) is { } key && !string.IsNullOrWhiteSpace(key) ? key.Trim()
        : throw new ClientException(
            $"the environment variable {KeyFrom}, which has the key for {Endpoint}, is not set; set it, and ask again."
        );

    private static bool IsCompletion(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object
        && body.TryGetProperty("choices", out var choices)
        && choices.ValueKind == JsonValueKind.Array
        && choices.GetArrayLength() > 0
        && choices[0].ValueKind == JsonValueKind.Object
        && choices[0].TryGetProperty("message", out var message)
        && message.ValueKind == JsonValueKind.Object;

    /// <summary>Says the limit by the word that was chosen, and frees the connections with the client.</summary>
    private sealed class Owner(IChatClient client, HttpClient http, AnswerLimit limit) : DelegatingChatClient(client)
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        )
        {
            if (limit == AnswerLimit.MaxTokens && options?.MaxOutputTokens is { } most)
            {
                options = options.Clone();
                options.MaxOutputTokens = null; // The package knows the newer word alone.
                options.RawRepresentationFactory = _ => WithMaxTokens(most);
            }

            return base.GetResponseAsync(messages, options, cancellationToken);
        }

        private static ChatCompletionOptions WithMaxTokens(int most)
        {
            var options = new ChatCompletionOptions();
#pragma warning disable SCME0001 // The way to say what the package does not know may change, and a test watches it.
            options.Patch.Set("$.max_tokens"u8, most);
#pragma warning restore SCME0001
            return options;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            http.Dispose();
        }
    }
}
