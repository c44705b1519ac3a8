// The parts of Grafana's dashboard that Foretell builds, one exported type per file of schema.
// Where @grafana/schema says only `Record<string, unknown>`, the panel's own types are put in.
import type * as raw from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as barchart from '@grafana/schema/dist/types/raw/composable/barchart/panelcfg/x/types.gen';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as statusHistory from '@grafana/schema/dist/types/raw/composable/statushistory/panelcfg/x/types.gen';
import type * as table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type * as text from '@grafana/schema/dist/types/raw/composable/text/panelcfg/x/types.gen';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';
import type { VizOrientation, TableCellHeight } from '@grafana/schema';

// the data source's own query: pkg/tsdb/grafana-postgresql-datasource has no type in @grafana/schema
interface Source {
  type: 'grafana-postgresql-datasource';
  uid: string;
}
interface PostgresQuery {
  datasource: Source;
  editorMode: 'code';
  format: 'table' | 'time_series';
  rawQuery: true;
  rawSql: string;
  refId: string;
}
// of a field's links, which @grafana/schema leaves unknown: DataLink of @grafana/data
interface FieldLink {
  title: string;
  url: string;
  targetBlank?: boolean;
  oneClick?: boolean;
}
interface Field<Custom> extends Omit<raw.FieldConfig, 'custom' | 'links'> {
  custom?: Custom;
  links?: FieldLink[];
}
interface Override {
  matcher: { id: 'byName' | 'byRegexp' | 'byFrameRefID' | 'byType'; options: string };
  properties: Array<{ id: string; value: unknown }>;
}
interface Fields<Custom> {
  defaults: Field<Custom>;
  overrides: Override[];
}
interface UnitFromQuery {
  id: 'configFromData';
  options: { configRefId: string; mappings: Array<{ fieldName: string; handlerKey: string }> };
}
type Base = Omit<
  raw.Panel,
  'type' | 'options' | 'fieldConfig' | 'targets' | 'datasource' | 'transformations' | 'id' | 'title' | 'gridPos' | 'description'
> & { id: number; title: string; description: string; gridPos: raw.GridPos };

interface Queried<Type extends string, Options, Custom> extends Base {
  type: Type;
  datasource: Source;
  targets: PostgresQuery[];
  options: Options;
  fieldConfig: Fields<Custom>;
  transformations?: UnitFromQuery[];
}
type BarChartOptions = Omit<barchart.Options, 'orientation'> & { orientation: `${VizOrientation}` };

export interface BarChartPanel extends Queried<'barchart', BarChartOptions, barchart.FieldConfig> {}
export interface StatPanel extends Queried<'stat', stat.Options, Record<string, never>> {}
export interface StatusHistoryPanel extends Queried<'status-history', statusHistory.Options, statusHistory.FieldConfig> {}
export interface TablePanel extends Queried<'table', table.Options, Partial<table.FieldConfig>> {}
export interface TimeSeriesPanel extends Queried<'timeseries', timeseries.Options, timeseries.FieldConfig> {}
export interface TextPanel extends Base {
  type: 'text';
  options: text.Options;
}
export interface Row extends Omit<raw.RowPanel, 'panels' | 'datasource' | 'title' | 'gridPos'> {
  title: string;
  gridPos: raw.GridPos;
  panels: [];
}
export interface Dashboard
  extends Omit<raw.Dashboard, 'panels' | 'templating' | 'annotations' | 'snapshot' | 'gnetId' | 'id' | 'revision'> {
  uid: string;
  title: string;
  description: string;
  panels: unknown[];
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
}
interface Annotation extends Omit<raw.AnnotationQuery, 'target' | 'datasource'> {
  datasource: Source;
  target: PostgresQuery;
}
interface Shown extends Omit<raw.VariableModel, 'type' | 'query' | 'datasource' | 'label' | 'description'> {
  label: string;
  description: string;
}
interface QueryVariable extends Shown {
  type: 'query';
  datasource: Source;
  query: string;
}
interface TextBoxVariable extends Omit<Shown, 'multi' | 'includeAll' | 'allValue' | 'refresh' | 'sort' | 'regex'> {
  type: 'textbox';
  query: string;
}
type Variable = QueryVariable | TextBoxVariable;
