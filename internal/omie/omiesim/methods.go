package omiesim

// methods is the table of what the simulator answers: service, call, handler.
// A documented call that is not here answers as one that does not exist.
var methods map[string]map[string]method

func init() {
	methods = map[string]map[string]method{
		"/geral/clientes/": {
			"IncluirCliente":         {incluirCliente, true},
			"AlterarCliente":         {alterarCliente, true},
			"UpsertCliente":          {upsertCliente, true},
			"UpsertClienteCpfCnpj":   {upsertClienteCpfCnpj, true},
			"ExcluirCliente":         {excluirCliente, true},
			"AssociarCodIntCliente":  {associarCodIntCliente, true},
			"ConsultarCliente":       {consultarCliente, false},
			"ListarClientes":         {listarClientes, false},
			"ListarClientesResumido": {listarClientesResumido, false},
		},
		"/geral/produtos/": {
			"IncluirProduto":         {incluirProduto, true},
			"AlterarProduto":         {alterarProduto, true},
			"UpsertProduto":          {upsertProduto, true},
			"ExcluirProduto":         {excluirProduto, true},
			"AssociarCodIntProduto":  {associarCodIntProduto, true},
			"ConsultarProduto":       {consultarProduto, false},
			"ListarProdutos":         {listarProdutos, false},
			"ListarProdutosResumido": {listarProdutosResumido, false},
		},
		"/estoque/consulta/": {
			"ListarPosEstoque": {listarPosEstoque, false},
			"PosicaoEstoque":   {posicaoEstoque, false},
		},
		"/estoque/resumo/": {"ObterEstoqueProduto": {obterEstoqueProduto, false}},
		"/estoque/local/":  {"ListarLocaisEstoque": {listing("locais", "locaisEncontrados", hungarian, faultWhenEmpty), false}},
		"/servicos/servico/": {
			"IncluirCadastroServico":   {incluirServico, true},
			"AlterarCadastroServico":   {alterarServico, true},
			"UpsertCadastroServico":    {upsertServico, true},
			"ExcluirCadastroServico":   {excluirServico, true},
			"AssociarCodIntServico":    {associarCodIntServico, true},
			"ConsultarCadastroServico": {consultarServico, false},
			"ListarCadastroServico":    {listarServicos, false},
		},
		"/servicos/os/": {
			"IncluirOS":     {incluirOS, true},
			"AlterarOS":     {alterarOS, true},
			"ExcluirOS":     {excluirOS, true},
			"TrocarEtapaOS": {trocarEtapaOS, true},
			"ConsultarOS":   {consultarOS, false},
			"ListarOS":      {listarOS, false},
			"StatusOS":      {statusOS, false},
		},
		"/servicos/osp/": {
			"ValidarOS":        {validarOS, false},
			"FaturarOS":        {faturarOS, true},
			"CancelarOS":       {cancelarOS, true},
			"AssociarCodIntOS": {associarCodIntOS, true},
			"ObterOS":          {obterOS, false},
		},
		"/produtos/pedido/": {
			"IncluirPedido":      {incluirPedido, true},
			"AlterarPedidoVenda": {alterarPedidoVenda, true},
			"AlterarPedFaturado": {alterarPedFaturado, true},
			"ExcluirPedido":      {excluirPedido, true},
			"TrocarEtapaPedido":  {trocarEtapaPedido, true},
			"ConsultarPedido":    {consultarPedido, false},
			"ListarPedidos":      {listarPedidos, false},
			"StatusPedido":       {statusPedido, false},
		},
		"/produtos/pedidovendafat/": {
			"ValidarPedidoVenda":  {validarPedido, false},
			"FaturarPedidoVenda":  {faturarPedido, true},
			"CancelarPedidoVenda": {cancelarPedido, true},
			"ObterPedidosVenda":   {obterPedidos, false},
		},
		"/produtos/etapafat/":        {"ListarEtapasFaturamento": {listarEtapas, false}},
		"/produtos/formaspagvendas/": {"ListarFormasPagVendas": {listarFormasPagVendas, false}},
		"/geral/parcelas/":           {"ListarParcelas": {listing("parcelas", "cadastros", snake, faultWhenEmpty), false}},
		"/geral/cidades/":            {"PesquisarCidades": {pesquisarCidades, false}},
		"/geral/categorias/": {
			"ListarCategorias":   {listarCategorias, false},
			"ConsultarCategoria": {consultarCategoria, false},
		},
		"/geral/contacorrente/": {
			"ListarContasCorrentes":       {listarContas("ListarContasCorrentes"), false},
			"ListarResumoContasCorrentes": {listarContas("conta_corrente_lista"), false},
			"PesquisarContaCorrente":      {listarContas("conta_corrente_lista"), false},
			"ConsultarContaCorrente":      {consultarConta, false},
		},
		"/geral/vendedores/": {
			"ListarVendedores":  {listing("vendedores", "cadastro", snake, zeroRowsWhenEmpty), false},
			"ConsultarVendedor": {consulting("vendedores", "codigo", "Vendedor não cadastrado"), false},
		},
		"/geral/projetos/": {
			"ListarProjetos":   {listing("projetos", "cadastro", snake, zeroRowsWhenEmpty), false},
			"ConsultarProjeto": {consulting("projetos", "codigo", "Projeto não cadastrado"), false},
		},
		"/geral/departamentos/": {"ListarDepartamentos": {listing("departamentos", "departamentos", snake, zeroRowsWhenEmpty), false}},
		"/geral/empresas/": {
			"ListarEmpresas":   {listing("empresas", "empresas_cadastro", snake, firstPageAgain), false},
			"ConsultarEmpresa": {consulting("empresas", "codigo_empresa", "Empresa não cadastrada"), false},
		},
	}
}
