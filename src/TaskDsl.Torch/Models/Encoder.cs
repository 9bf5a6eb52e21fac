using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A model that reads a text as a whole, with a head for one kind of question about it.</summary>
public sealed class Encoder : LanguageModel
{
    private readonly Stack stack;
    private readonly HeadShape? head;
    private readonly Parameter? dense,
        denseBias,
        output,
        outputBias;
    private readonly Norm? norm;

    internal Encoder(ModelConfig config, Device device, Func<string, long[], Tensor?> weights)
        : base(config, device, weights)
    {
        try
        {
            var shape = config.Architecture.Encoder!;
            stack = MakeStack(shape);
            head = config.Architecture.Task;
            if (head is null)
                return;
            long width = shape.HiddenSize;
            if (head.Dense is not null)
            {
                long to = head.DenseSize ?? shape.HiddenSize;
                (dense, denseBias) = (Make($"{head.Dense}.weight", to, width), Make($"{head.Dense}.bias", to));
                width = to;
            }

            if (head.Norm is not null)
                norm = new Norm(NormKind.Layer, shape.NormEpsilon, head.Norm, width, Make);
            if (head.Out is not null)
                (output, outputBias) = (Make($"{head.Out}.weight", head.Outputs, width), Make($"{head.Out}.bias", head.Outputs));
            if (head.TiedBias is not null)
                (output, outputBias) = (stack.Tokens, Make(head.TiedBias, shape.Embedding.VocabularySize));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the head answers.</summary>
    public HeadKind HeadKind => head?.Kind ?? HeadKind.None;

    /// <inheritdoc/>
    public override IReadOnlyList<string> TaskWeights =>
        HeadKind is HeadKind.SequenceClassification or HeadKind.TokenClassification
            ? [.. Parameters.Keys.Where(name => name.StartsWith("classifier.", StringComparison.Ordinal))]
            : [];

    /// <summary>The head's last map, where it is over the vocabulary: behind <see cref="Features"/>.</summary>
    public VocabularyHead Vocabulary =>
        HeadKind == HeadKind.MaskedLm
            ? new(output!, outputBias)
            : throw new InvalidOperationException("This encoder has no masked-LM head.");

    /// <inheritdoc cref="LanguageModel.Load(string, Device)"/>
    public static new Encoder Load(string folder, Device? device = null) =>
        Load(folder, ModelConfig.Load(folder), device) switch
        {
            Encoder encoder => encoder,
            var other => throw other.Refuse(folder, "an encoder"),
        };

    /// <summary>Reads a model's folder and gives it another head. Weights of the head that the folder lacks are drawn.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="head">The head.</param>
    /// <param name="seed">The seed of new weights.</param>
    /// <param name="device">Where the weights must be. Default: the CPU.</param>
    public static Encoder Load(string folder, HeadRequest head, int seed, Device? device = null) =>
        (Encoder)Load(folder, ModelConfig.Load(folder).WithHead(head), device, newHead: true, seed);

    /// <summary>The hidden states behind the last layer.</summary>
    /// <param name="ids">int64 <c>[batch, seq]</c>.</param>
    /// <param name="types">int64 <c>[batch, seq]</c>: which of two texts each token is of. Default: the first.</param>
    /// <param name="pattern">Which tokens belong together. Default: all of a row.</param>
    /// <returns><c>[batch, virtual + seq, hidden]</c>, with the virtual tokens of a <see cref="LanguageModel.Prompt"/> in front.</returns>
    public Tensor Hidden(Tensor ids, Tensor? types = null, AttentionPattern? pattern = null) =>
        stack.Forward(
            new StackInput(ids)
            {
                TokenTypes = types,
                Pattern = pattern,
                Dropout = Dropout,
                Checkpointed = ActivationCheckpointing,
            }
        );

    /// <summary>
    /// What the head makes of hidden states before its last map: <c>[batch, features]</c> of the first token where it answers for the
    /// whole text, <c>[…, features]</c> otherwise.
    /// </summary>
    public Tensor Features(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var x =
            HeadKind == HeadKind.SequenceClassification || (HeadKind == HeadKind.None && head is not null)
                ? hidden.select(1, 0)
                : hidden.alias();
        if (dense is not null)
            x = head!.Activation.Apply(Ops.Linear(x, dense, denseBias));
        if (norm is not null)
            x = norm.Forward(x);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The head's scores of hidden states: <c>[batch, labels]</c>, <c>[…, vocabulary]</c>, <c>[…, labels]</c>, or <c>[…]</c> of replaced
    /// tokens; without a head the pooled first token <c>[batch, hidden]</c>.
    /// </summary>
    public Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var x = Features(hidden);
        if (output is not null)
            x = Ops.Linear(x, output, outputBias);
        if (HeadKind == HeadKind.ReplacedTokenDetection)
            x = x.squeeze(-1);
        return x.MoveToOuterDisposeScope();
    }
}
