using System.Globalization;
using System.Text;
using TaskDsl.Disk;
using TaskDsl.HuggingFace.ChatFormats;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.Prompts;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Sentences;
using Decoder = TaskDsl.Torch.Models.Decoder;
using Encoder = TaskDsl.Torch.Models.Encoder;

namespace TaskDsl.Torch.Gguf;

/// <summary>Writes a model with its tokenizer as a GGUF file, and what Ollama asks for beside it; reads it back.</summary>
internal static class GgufExport
{
    /// <summary>Writes <c>name.gguf</c> and <c>Modelfile</c>.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="model">The model.</param>
    /// <param name="source">The folder that it was read from.</param>
    /// <param name="layout">How messages are laid out for it; null = nothing says so.</param>
    /// <param name="type">How matrices are kept.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>What was measured, and what its users should know.</returns>
    public static (IReadOnlyList<string> Measured, IReadOnlyList<string> Notices) Write(
        string name,
        LoadedModel model,
        string source,
        ChatFormat? layout,
        GgufType type,
        string folder,
        CancellationToken cancellation
    )
    {
        var gguf = GgufModel.Of(model.Model);
        var (vocabulary, notices) = GgufVocabulary.Of(model.Tokenizer, model.Model.Config.VocabularySize);
        var chat =
            layout is null || model.Model is not Decoder ? null
            : layout is ModelFormat ? ChatLayout.Of(model.ChatTemplate!, layout, model.Tokenizer)
            : ChatLayout.Of(layout, model.Tokenizer);
        var file = Path.Combine(folder, $"{name}.gguf");
        var tensors = gguf.Tensors(type);
        GgufWriter.Write(file, [.. gguf.Settings(name, type), .. More(), .. vocabulary, .. Chat(model, chat)], tensors, cancellation);
        AtomicFile.WriteText(Path.Combine(folder, "Modelfile"), Modelfile(name, model, chat));
        var difference = GgufCheck.Compare(file, tensors, cancellation);
        var smaller = tensors.Count(tensor => tensor.Shape.Count > 1 && tensor.Type.BlockLength == 1 && type.BlockLength > 1);
        return (
            [Said(file, tensors, difference)],
            [
                .. gguf.Notices,
                .. notices,
                .. smaller > 0
                    ? [$"{smaller} matrices have rows that are no multiple of {type.BlockLength}, and are kept in float16."]
                    : (string[])[],
                .. chat is { Go: null }
                    ? ["the model's own chat template is in the file; Ollama takes another language: its TEMPLATE is not in the Modelfile."]
                    : (string[])[],
                .. chat is null && model.Model is Decoder
                    ? ["nothing says how messages are laid out for the model: the file has no chat template."]
                    : (string[])[],
            ]
        );

        KeyValuePair<string, object>[] More() =>
            model.Model is Encoder ? [new($"{gguf.Architecture}.pooling_type", Pooled(SentenceLayout.Read(source).Pooling))] : [];
    }

    /// <summary>What was written, and how far it is from the model.</summary>
    internal static string Said(string file, IReadOnlyList<GgufTensor> tensors, GgufDifference difference)
    {
        var size = new FileInfo(file).Length;
        var read =
            difference.Largest == 0
                ? "equal to the bit"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"within the type's rounding; the largest difference is {difference.Largest:0.0e+0}, in {difference.Tensor}"
                );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(file)}: {tensors.Count} tensors, {difference.Numbers:N0} numbers, {size / 1e6:0.0} MB: read back, {read}"
        );
    }

    private static IEnumerable<KeyValuePair<string, object>> Chat(LoadedModel model, ChatLayout? chat)
    {
        if (chat is null)
            yield break;
        yield return new("tokenizer.chat_template", chat.Jinja);
        if (model.Tokenizer.Has(chat.Stop))
            yield return new("tokenizer.ggml.eot_token_id", (uint)model.Tokenizer.TokenId(chat.Stop));
    }

    private static string Modelfile(string name, LoadedModel model, ChatLayout? chat)
    {
        var text = new StringBuilder().Append($"FROM ./{name}.gguf\n");
        if (model.Model is not Decoder)
            return text.ToString();
        if (chat is { Go: { } template })
            text.Append($"TEMPLATE \"\"\"{template}\"\"\"\n");
        if (chat is not null)
            text.Append($"PARAMETER stop \"{chat.Stop}\"\n");
        return text.Append("PARAMETER temperature 0\n").ToString();
    }

    private static uint Pooled(Pooling pooling) =>
        pooling switch
        {
            Pooling.Mean => 1,
            Pooling.First => 2,
            _ => 3,
        };
}
