using TaskDsl.Torch.Models.Layers;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A model that reads a text as a whole, with a head for one kind of question about it.</summary>
public sealed class Encoder : LanguageModel
{
    private readonly Stack stack;

    internal Encoder(ModelConfig config, Device device, Func<string, long[], Tensor?> weights)
        : base(config, device, weights)
    {
        try
        {
            stack = MakeStack(config.Architecture.Encoder!);
            MakeHead();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="LanguageModel.Load(string, Device)"/>
    public static new Encoder Load(string folder, Device? device = null) =>
        Load(folder, ModelConfig.Load(folder), device) switch
        {
            Encoder encoder => encoder,
            var other => throw other.Refuse(folder, "an encoder"),
        };

    /// <summary>The hidden states behind the last layer.</summary>
    /// <param name="ids">int64 <c>[batch, sequence]</c>.</param>
    /// <param name="types">int64 <c>[batch, sequence]</c>: which of two texts each token is of. Default: the first.</param>
    /// <param name="pattern">Which tokens belong together. Default: all of a row.</param>
    /// <param name="layers">Runs so many layers only; 0 gives the embeddings. Default: all.</param>
    /// <returns>
    /// <c>[batch, virtual + sequence, hidden]</c>, with the virtual tokens of a <see cref="LanguageModel.SoftPrompt"/> in front.
    /// </returns>
    public Tensor Hidden(Tensor ids, Tensor? types = null, AttentionPattern? pattern = null, int? layers = null) =>
        stack.Forward(
            new StackInput(ids)
            {
                TokenTypes = types,
                Pattern = pattern,
                Dropout = Dropout,
                Checkpointed = ActivationCheckpointing,
                Layers = layers,
            }
        );

    /// <summary>The first token's, which has seen the whole text (BERT's <c>[CLS]</c>).</summary>
    /// <inheritdoc/>
    public override int PlaceOf(ReadOnlySpan<int> ids) => 0;
}
