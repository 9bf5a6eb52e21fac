using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.ChatFormats;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>A model with its tokenizer, ready to be tuned or to answer. Use it from one thread at a time.</summary>
public sealed class LoadedModel : IDisposable
{
    private readonly Stack<Adapter> adapters = [];
    private ModelFormat? ownLayout;

    /// <summary>Joins the two. The model must have a row for every token.</summary>
    /// <exception cref="ModelException">It has fewer.</exception>
    public LoadedModel(LanguageModel model, Tokenizer tokenizer)
    {
        if (tokenizer.VocabularySize > model.Config.VocabularySize)
            throw new ModelException(
                $"the tokenizer has {tokenizer.VocabularySize} tokens, the model only {model.Config.VocabularySize}: "
                    + "they do not belong together."
            );
        Model = model;
        Tokenizer = tokenizer;
    }

    /// <summary>The model. This object owns it.</summary>
    public LanguageModel Model { get; }

    /// <summary>The model, where it is a decoder.</summary>
    /// <exception cref="ModelException">It is not.</exception>
    public Decoder Decoder => Model as Decoder ?? throw new ModelException($"a {Model.Config.ModelType} is not a decoder.");

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The layout of messages that the model was trained for. Default: the prompt's own.</summary>
    public ChatFormat? ChatFormat { get; init; }

    /// <summary>The model's own layout of messages, for the chat format <c>model</c>; null = it has none.</summary>
    public ChatTemplate? ChatTemplate { get; init; }

    /// <summary>What its user should know of its files: settings that are passed over, or at odds with each other.</summary>
    public IReadOnlyList<string> Notices =>
        [
            .. Model.Config.Notices,
            .. Model.Notices,
            .. Tokenizer.Notices,
            .. adapters.Reverse().SelectMany(adapter => adapter.Notices),
            .. Fusion?.Models.SelectMany(model => model.Notices) ?? [],
        ];

    /// <summary>What is added to the model's scores while it writes; null = it writes alone. This object owns it.</summary>
    public Fusion? Fusion { get; private set; }

    /// <summary>
    /// The models that answer in its place, each its own inputs: it is one of them, and says what all have alike. Null = it answers itself.
    /// </summary>
    public ModelsByInput? ByInput { get; private set; }

    /// <summary>What it answers by, where nothing has taught it the task; null = by what it has learnt.</summary>
    public Nearest? Nearest { get; private set; }

    /// <summary>The model, and those that are fused with it.</summary>
    internal IEnumerable<LoadedModel> Parts => Fusion?.Models.Prepend(this) ?? [this];

    /// <summary>The adapter that was put onto the model last and is in use; null = none. This object owns it, and those below it.</summary>
    public Adapter? Adapter => adapters.TryPeek(out var top) ? top : null;

    /// <summary>
    /// The 16-bit numbers that answers are computed in: those that a run on a GPU trains in. Default: float32. On a processor answers are a
    /// row of tokens at a time, which 16 bits make no faster.
    /// </summary>
    public WeightType? AnswersIn { get; set; }

    /// <summary>Whether a GPU multiplies as TF32 while it answers. Default: as <see cref="Native.TorchRuntime.Tf32"/> says.</summary>
    public bool? Tf32 { get; set; }

    /// <summary>The tensors that adapters have put beside the model's own.</summary>
    internal IEnumerable<Tensor> Added => adapters.SelectMany(adapter => adapter.Tensors);

    /// <summary>What becomes of the <see cref="Adapter"/> when the model is tuned.</summary>
    internal AdapterUse AdapterUse { get; set; }

    /// <summary>Reads a model's folder, or an adapter's: then the model that the adapter names, with the adapter on it.</summary>
    /// <param name="folder">The folder in Hugging Face or PEFT layout.</param>
    /// <param name="device">Where it must be. Default: the CPU.</param>
    /// <param name="chatFormat">The layout of messages. Default: the one that the model was tuned with, else the prompt's own.</param>
    /// <param name="head">A head that the model must have; where it has another, this one is made. Default: its own.</param>
    /// <param name="seed">The seed of a new head's weights.</param>
    /// <param name="weights">What the layers' weights are kept as. Default: what the adapter was trained on, else float32.</param>
    /// <param name="answersIn">
    /// The 16-bit numbers that it is to answer in (<see cref="AnswersIn"/>): weights of files in these stay in them. Default: float32.
    /// </param>
    /// <exception cref="ModelException">The folder is missing, broken or of a kind that is not supported.</exception>
    /// <exception cref="ChatTemplateException">The file of its chat template is broken.</exception>
    public static LoadedModel Load(
        string folder,
        Device? device = null,
        ChatFormat? chatFormat = null,
        HeadRequest? head = null,
        int seed = 1,
        WeightFormat? weights = null,
        WeightType? answersIn = null
    )
    {
        var model = Load(
            folder,
            chatFormat,
            weights,
            new ModelRequest
            {
                ProjectDirectory = folder,
                Device = device,
                Head = head,
                Seed = seed,
                Frozen = answersIn,
            }
        );
        model.AnswersIn = answersIn;
        return model;
    }

    /// <summary>The same for a run.</summary>
    internal static LoadedModel Load(string folder, ChatFormat? chatFormat, WeightFormat? weights, ModelRequest request)
    {
        RefuseWhatIsMade(folder);
        var chain = AdapterFolder.Chain(folder);
        folder = chain[^1];
        // First, for it has the clearest error of a folder that is no model's.
        var config = ModelConfig.Load(folder).Keep(weights ?? BaseWeights(chain)).KeepFrozen(request.Frozen);
        var tokenizer = Tokenizer.Load(folder);
        var head = request.Head ?? AdapterFolder.HeadOf(chain);
        if (head is not null)
            config = config.WithHead(head);
        var model = LanguageModel.Load(folder, config, request.Device, newHead: head is not null, request.Seed);
        return Join(model, tokenizer, chain, chatFormat);
    }

    /// <summary>
    /// Reads what a model's folder says of itself, and no weight: its shape, which computes nothing, its tokenizer, its layout.
    /// </summary>
    /// <inheritdoc cref="Load(string, Device?, ChatFormat?, HeadRequest?, int, WeightFormat?, WeightType?)"/>
    /// <exception cref="ModelException"> The folder is missing, broken or of a kind that is not supported, or its weights are not what its
    /// configuration asks for.
    /// </exception>
    internal static LoadedModel LoadOnMeta(string folder, ChatFormat? chatFormat, HeadRequest? head, WeightFormat? weights)
    {
        RefuseWhatIsMade(folder);
        var chain = AdapterFolder.Chain(folder);
        folder = chain[^1];
        using var outline = ModelOutline.Read(folder);
        if (outline.Problems.Count > 0)
            throw new ModelException(string.Join("\n", outline.Problems));
        var config = outline.Config!.Keep(weights ?? BaseWeights(chain));
        head ??= AdapterFolder.HeadOf(chain);
        var model = LanguageModel.OnMeta(head is null ? config : config.WithHead(head));
        return Join(model, Tokenizer.Load(folder), chain, chatFormat);
    }

    /// <summary>How a prompt's messages are laid out for this model: by <see cref="ChatFormat"/>, or as the prompt says.</summary>
    /// <exception cref="ModelException">The tokenizer lacks a token of the layout.</exception>
    /// <exception cref="ChatTemplateException">The layout is the model's own, and there is none, or it cannot be used.</exception>
    public ChatFormat LayoutOf(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var chat = ChatFormat ?? prompt.ChatFormat;
        if (chat is ModelFormat own)
            return ownLayout ??= own.Of(ChatTemplate, Tokenizer.SpecialTokens);
        if (chat.SpecialTokens.FirstOrDefault(token => !Tokenizer.Has(token)) is { } missing)
            throw new ModelException(
                $"prompt '{prompt.Name}' is laid out by a chat format that needs the token '{missing}', which the model's tokenizer "
                    + "lacks. Give the model's own format as model.chat_format (model is its own template), or use plain."
            );
        return chat;
    }

    /// <summary>Puts an adapter onto the model, on top of those that are there.</summary>
    /// <param name="folder">The adapter's folder. Which model it names is not asked.</param>
    public void Put(string folder) => adapters.Push(AdapterFolder.Load(Model, folder));

    /// <summary>Lets other models' scores be added to this one's while it writes.</summary>
    /// <param name="fusion">What is added; this object comes to own it.</param>
    public void Fuse(Fusion fusion)
    {
        Fusion?.Dispose();
        Fusion = fusion;
    }

    /// <summary>Lets several models answer in this one's place, each its own inputs.</summary>
    /// <param name="models">The models.</param>
    public void AnswerBy(ModelsByInput models) => ByInput = models;

    /// <summary>Lets the model answer by what is nearest to an input.</summary>
    public void AnswerBy(Nearest nearest) => Nearest = nearest;

    /// <summary>Begins to tune the model. An adapter that is on it stays: frozen below what is trained, or it is what is trained.</summary>
    /// <param name="method">The method.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <exception cref="MisfitException">The method does not fit the model, or not the adapter on it.</exception>
    public TunedModel Tune(TuningMethod method, int seed)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (Adapter is null)
            return method.Start(Model, seed);
        if (AdapterUse == AdapterUse.Train)
            return Adapter.Continue(method);
        var tuned = method.Start(Model, seed);
        if (!tuned.SavesWholeModel)
            return tuned;
        tuned.Dispose();
        throw new MisfitException(
            "tuning: the model has an adapter on it, and this method trains and saves the model's own weights: "
                + "the result would lack the adapter. "
                + "Fold it in first (model.pretrained.adapter: merge), or tune by an adapter."
        );
    }

    /// <summary>Puts the result of tuning onto the model that it was tuned from: in the place of an adapter that was trained on.</summary>
    internal void PutResult(string folder)
    {
        if (AdapterUse == AdapterUse.Train && adapters.TryPop(out var old))
            old.Dispose();
        Put(folder);
    }

    /// <summary>Folds the adapters into the model's weights: a whole model remains, which does the same up to rounding.</summary>
    /// <exception cref="MisfitException">An adapter's method changes no weights. Nothing was changed.</exception>
    public void Merge()
    {
        Adapter?.Merge();
        TakeOff();
    }

    /// <summary>Writes the model and its tokenizer in Hugging Face layout.</summary>
    /// <exception cref="InvalidOperationException">An adapter is in use: a folder without it would be another model.</exception>
    public void Save(string folder)
    {
        if (Adapter is not null)
            throw new InvalidOperationException(
                "This model has an adapter on it, and the model's folder alone would leave it out. "
                    + "Save the adapter by Adapter.Save, or fold it into the model by Merge first."
            );
        Model.Save(folder);
        Tokenizer.Save(folder);
        ChatTemplate?.Save(folder);
        WordFiles.ChatFormat.Write(folder, ChatFormat);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Fusion?.Dispose();
        TakeOff();
        Model.Dispose();
    }

    /// <summary>What the uppermost adapter was trained on; null = plain weights.</summary>
    private static WeightFormat? BaseWeights(IReadOnlyList<string> chain) => chain.Count > 1 ? WordFiles.BaseWeights.Read(chain[0]) : null;

    /// <summary>What a folder holds that answers and has no weights of its own; null = it is a model's, or nothing.</summary>
    internal static string? MadeOf(string folder) =>
        FusionFolder.IsFusion(folder) ? "a fusion of several models"
        : RouteFolder.IsRoute(folder) ? "several models that answer as one"
        : Loading.Nearest.IsNearest(folder) ? "a model that answers by what is nearest"
        : null;

    private static void RefuseWhatIsMade(string folder)
    {
        if (MadeOf(folder) is { } made)
            throw new ModelException(
                $"{folder} is {made}: it answers, and has no weights of its own to be trained, fused, taught by or "
                    + "looked into. Name one of its models."
            );
    }

    private static LoadedModel Join(LanguageModel model, Tokenizer tokenizer, IReadOnlyList<string> chain, ChatFormat? chatFormat)
    {
        LoadedModel? loaded = null;
        try
        {
            loaded = new LoadedModel(model, tokenizer)
            {
                ChatFormat = chatFormat ?? chain.Select(WordFiles.ChatFormat.Read).FirstOrDefault(format => format is not null),
                ChatTemplate = ChatTemplate.Load(chain[^1]),
            };
            foreach (var adapter in chain.SkipLast(1).Reverse())
                loaded.Put(adapter);
            return loaded;
        }
        catch
        {
            loaded?.TakeOff();
            model.Dispose();
            throw;
        }
    }

    private void TakeOff()
    {
        while (adapters.TryPop(out var adapter))
            adapter.Dispose();
    }
}
