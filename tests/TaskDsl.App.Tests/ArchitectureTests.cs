using TaskDsl.Architecture;

namespace TaskDsl.App.Tests;

/// <summary>
/// The house, room by room, bottom first: what a room holds, and that it knows only rooms above it in these lists. Each project knows only
/// those below it: App, Torch, Clients and HuggingFace, the core.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Room[] Core =
    [
        new("Unicode", "normal forms and words of text"),
        new("Disk", "files that are there as a whole or not at all"),
        new("Hub", "what lies in the cache of a hub, without the network"),
        new("Vocabulary", "words of the YAML as types: their keywords, checks, JSON and schema"),
        new("Grammars", "what a text may be, byte by byte"),
        new("Data/Files", "files as bytes, whatever they are packed in") { District = "task" },
        new("Tasks", "tasks, their fields, labels and examples") { District = "task" },
        new("Codecs", "what formats are made with") { District = "task" },
        new("Formats", "words: how an answer is written") { Words = true, District = "task" },
        new("Metrics/Counting", "what metrics are made with") { District = "task" },
        new("Metrics", "words: how good answers are") { Words = true, District = "task" },
        new("Data", "records, examples and datasets, streamed") { District = "task" },
        new("Data/Rejecting", "words: what becomes of records that do not fit") { Words = true, District = "task" },
        new("Data/Sources/Reading", "what sources are made with") { District = "task" },
        new("Data/Sources", "words: formats of data files") { Words = true, District = "task" },
        new("Data/Shapes/Reading", "what shapes are made with") { District = "task" },
        new("Data/Shapes", "words: shapes of records that others use") { Words = true, District = "task" },
        new("Data/Splits", "words: how examples are divided") { Words = true, District = "task" },
        new("Data/Stages/Hashing", "what stages are made with") { District = "task" },
        new("Data/Stages", "words: what is done to examples on their way") { Words = true, District = "task" },
        new("Prompts/Templates", "functions of templates") { District = "task" },
        new("Prompts", "prompts and what they write") { District = "task" },
        new("Prompts/ChatFormats", "words: how messages are laid out") { Words = true, District = "task" },
        new("", "what a project's files define, the catalogue of it, and the builder of its data sets") { District = "task" },
    ];

    private static readonly Room[] HuggingFace =
    [
        new("", "configurations of models, and what is wrong with them"),
        new("Tokenizers/Text", "characters, pieces and expressions"),
        new("Tokenizers/Normalizers", "texts made uniform"),
        new("Tokenizers/PreTokenizers", "texts cut into pieces"),
        new("Tokenizers/Models", "pieces cut into tokens, and tokens that stand outside"),
        new("Tokenizers/Decoders", "tokens joined to text"),
        new("Tokenizers/Reading", "tokenizers read from files"),
        new("Tokenizers/Training", "merges learned from a corpus"),
        new("Tokenizers", "tokenizers, texts and prompts as tokens"),
        new("NewTokenizers", "words: tokenizers made from a corpus") { Words = true },
        new("ChatTemplates/Jinja", "the language of chat templates"),
        new("ChatTemplates", "chat templates of models"),
        new("ChatFormats", "words: layouts that a model's files say") { Words = true },
    ];

    private static readonly Room[] Clients =
    [
        new("Asking", "what clients are made with: retries, budget, kept answers"),
        new("", "words: models that others serve") { Words = true },
    ];

    private static readonly Room[] MiniLm = [new("", "a word: a model that a package holds") { Words = true }];

    private static readonly Room[] Torch =
    [
        new("Native", "the border to libtorch, each entry with a plain twin"),
        new("Draws", "seeded draws, one seed a thing"),
        new("Safetensors", "tensors on disk"),
        new("Models/Positions", "where a token stands") { District = "layers" },
        new("Models/Layers", "what stacks are made of") { District = "layers" },
        new("Models", "language models by their parts") { District = "model" },
        new("Models/Heads", "what last hidden states become, one head a file")
        {
            Words = true,
            Base = "Head",
            District = "model",
        },
        new("Models/Weights", "words: what frozen weights are kept as") { Words = true },
        new("Models/Families", "families of models, one file each") { Words = true, Base = "Family" },
        new("Tuning/Adapters", "what tuning methods are made with"),
        new("Tuning", "words: which weights are trained, and how") { Words = true },
        new("Onnx", "models read out of ONNX files"),
        new("Opening/Loading", "models with their tokenizers, from files or new"),
        new("Opening", "words: where a model comes from") { Words = true },
        new("Batches", "sequences of tokens in rows, batches and steps"),
        new("Batches/Sources", "where sequences come from"),
        new("Batches/Cache", "tokens on disk"),
        new("Objectives/Losses", "what objectives are made with"),
        new("Objectives", "words: what a run minimises") { Words = true },
        new("Sentences", "texts as vectors, as sentence-transformers has it"),
        new("Gguf", "models as GGUF files, and what is read back of them") { District = "gguf" },
        new("Gguf/Types", "words: how a GGUF file keeps numbers") { Words = true, District = "gguf" },
        new("Gguf/Vocabularies", "kinds of tokenizers as GGUF has them") { Words = true, Base = "GgufVocabulary" },
        new("Gguf/Families", "architectures of GGUF, one file each") { Words = true, Base = "GgufFamily" },
        new("Exporting/Writing", "what formats of export are made with"),
        new("Exporting", "words: what models are carried away in") { Words = true },
        new("Optimizers/Steps", "what optimizers and schedules are made with"),
        new("Optimizers", "words: how weights are moved") { Words = true },
        new("Schedules", "words: how fast, step by step") { Words = true },
        new("Decoding/Generation", "answers of a model, token by token"),
        new("Decoding", "words: how scores become an answer") { Words = true },
        new("Evaluation", "what answers are worth"),
        new("Criteria", "words: which model is the best") { Words = true },
        new("Recipes", "what is said about a run"),
        new("Groupings", "words: what gets a model of its own") { Words = true },
        new("Training", "the loop"),
        new("Forecasts", "what a run will take"),
        new("Runs", "a run as a short program"),
        new("Pipelines/Running", "what steps are made with, and what runs them"),
        new("Pipelines/Reading", "words: how ready answers are read") { Words = true },
        new("Pipelines/ReadOuts", "words: what is read out of tables") { Words = true },
        new("Pipelines/Curating", "what scores, choices and indexes are made with"),
        new("Pipelines/Indexing", "words: what texts are searched by") { Words = true },
        new("Pipelines/Scoring", "words: what an example is worth") { Words = true },
        new("Pipelines/Selecting", "words: how some of many examples are chosen") { Words = true },
        new("Pipelines", "words: what a step of a pipeline does") { Words = true },
    ];

    private static readonly Room[] App =
    [
        new("Sessions", "what verbs are made with: the project, the terminal, its tables"),
        new("Reports", "reports that a manager can read"),
        new("Fetching", "files of a hub on their way into its cache: all that touches the network"),
        new("Drafting/Looking", "what a file of records holds, column by column"),
        new("Drafting", "what columns are taken for, and what a draft consists of"),
        new("Drafting/Observations", "words: what a person should see or decide") { Words = true, Base = "Observation" },
        new("Drafting/Writing", "drafts as YAML"),
        new("Verbs", "what the command line can do"),
        new("", "the command line"),
    ];

    public static TheoryData<string> Projects =>
        ["TaskDsl", "TaskDsl.HuggingFace", "TaskDsl.Clients", "TaskDsl.Torch", "TaskDsl.App", "TaskDsl.Models.MiniLM"];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_house_stands(string project)
    {
        var faults = Of(project).Faults();
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Theory]
    [InlineData("TaskDsl", "Metrics"), InlineData("TaskDsl", "Data/Stages"), InlineData("TaskDsl.Torch", "Tuning")]
    [InlineData("TaskDsl.Torch", "Models/Heads"), InlineData("TaskDsl.Torch", "Objectives"), InlineData("TaskDsl.Torch", "Decoding")]
    [InlineData("TaskDsl.Torch", "Schedules"), InlineData("TaskDsl.Torch", "Pipelines"), InlineData("TaskDsl.Torch", "Pipelines/ReadOuts")]
    [InlineData("TaskDsl.Torch", "Pipelines/Reading")]
    [InlineData("TaskDsl.Torch", "Pipelines/Indexing"), InlineData("TaskDsl.Torch", "Pipelines/Scoring")]
    [InlineData("TaskDsl.Torch", "Pipelines/Selecting")]
    [InlineData("TaskDsl.Clients", "")]
    public void The_same_file_is_a_word_in_another_project(string project, string folder)
    {
        var faults = Of(project).Apart(folder);
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Theory]
    [InlineData("tests"), InlineData("examples")]
    public void Tests_and_examples_read_as_pages(string folder)
    {
        var files = House.Read(Path.Combine(Desk.Repository, folder)).Where(file => !IsGenerated(file.Key));
        Assert.Empty(files.SelectMany(file => House.Written(file.Key, file.Value)));

        static bool IsGenerated(string file) =>
            file.EndsWith(".verified.cs", StringComparison.Ordinal) || file.Split('/').Intersect(["bin", "obj", "node_modules"]).Any();
    }

    private static House Of(string project) =>
        new(
            project,
            House.Read(Path.Combine(Desk.Repository, "src", project)),
            project switch
            {
                "TaskDsl" => Core,
                "TaskDsl.HuggingFace" => HuggingFace,
                "TaskDsl.Clients" => Clients,
                "TaskDsl.Torch" => Torch,
                "TaskDsl.Models.MiniLM" => MiniLm,
                _ => App,
            }
        );
}
