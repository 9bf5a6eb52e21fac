using LLama;
using LLama.Common;
using LLama.Native;

namespace TaskDsl.Torch.Tests.Gguf;

/// <summary>llama.cpp, which GGUF files are made for: a file opened in it, with a cache in float32.</summary>
internal sealed class LlamaCpp : IDisposable
{
    private readonly LLamaWeights weights;

    static LlamaCpp() => NativeLibraryConfig.All.WithLogCallback((_, text) => Log.Add(text));

    public LlamaCpp(string file, bool vocabularyOnly = false)
    {
        Log.Clear();
        Parameters = new ModelParams(file) { VocabOnly = vocabularyOnly, GpuLayerCount = 0 };
        try
        {
            weights = LLamaWeights.LoadFromFile(Parameters);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\n{string.Concat(Log)}", e);
        }
    }

    /// <summary>What it said since the last file was opened.</summary>
    public static List<string> Log { get; } = [];

    public LLamaWeights Weights => weights;

    private ModelParams Parameters { get; }

    /// <summary>The scores behind each token of a row.</summary>
    /// <param name="tokens">The row.</param>
    /// <param name="context">The tokens that the context is opened for.</param>
    /// <param name="adapter">A file of an adapter.</param>
    public float[][] Logits(IReadOnlyList<int> tokens, uint context = 64, string? adapter = null) =>
        Run(tokens, context, embeddings: false, adapter, (handle, i) => handle.GetLogitsIth(i).ToArray());

    /// <summary>The last hidden states of a row.</summary>
    public float[][] Hidden(IReadOnlyList<int> tokens) =>
        Run(tokens, 64, embeddings: true, null, (handle, i) => handle.GetEmbeddingsIth(i).ToArray());

    /// <summary>The tokens of a text.</summary>
    public int[] Tokens(string text, bool special, bool frame) =>
        [.. weights.NativeHandle.Tokenize(text, frame, special, System.Text.Encoding.UTF8).Select(token => (int)token)];

    public void Dispose() => weights.Dispose();

    private T[] Run<T>(IReadOnlyList<int> tokens, uint context, bool embeddings, string? adapter, Func<SafeLLamaContextHandle, int, T> read)
    {
        using var opened = weights.CreateContext(
            new ModelParams(Parameters.ModelPath)
            {
                ContextSize = context,
                BatchSize = context,
                UBatchSize = context,
                Threads = 1,
                BatchThreads = 1,
                TypeK = GGMLType.GGML_TYPE_F32,
                TypeV = GGMLType.GGML_TYPE_F32,
                FlashAttention = false,
                Embeddings = embeddings,
                PoolingType = embeddings ? LLamaPoolingType.None : LLamaPoolingType.Unspecified,
            }
        );
        if (adapter is not null)
            opened.NativeHandle.SetLoraAdapters((weights.NativeHandle.LoadLoraFromFile(adapter), 1f));
        var batch = new LLamaBatch();
        for (var i = 0; i < tokens.Count; i++)
            batch.Add(tokens[i], i, LLamaSeqId.Zero, true);
        var failure = embeddings ? (int)opened.Encode(batch) : (int)opened.Decode(batch);
        if (failure != 0)
            throw new InvalidOperationException($"{failure}\n{string.Concat(Log)}");
        return [.. Enumerable.Range(0, tokens.Count).Select(i => read(opened.NativeHandle, i))];
    }
}
